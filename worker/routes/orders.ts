import { Hono } from 'hono';
import { ordersEnvelope } from '../../contracts/orders.ts';
import type { AppEnv } from '../app-env.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { stateOrders, type OrderParts } from '../orders/state-orders.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { bodyOf } from '../request/body.ts';

export interface OrderDeps extends Omit<OrderParts, 'registered' | 'noteBooked'> {
  readonly allow: Allow;
  readonly registeredOrders: OrderParts['registered'];
  readonly noteBookedOrders: OrderParts['noteBooked'];
}

export function orderRoutes({ allow, registeredOrders, noteBookedOrders, names, stock, carts }: OrderDeps): Hono<AppEnv> {
  const parts: OrderParts = { names, stock, carts, registered: registeredOrders, noteBooked: noteBookedOrders };
  return new Hono<AppEnv>().post('/v1/orders', allow('stock:write'), async (c) => {
    const body = await bodyOf(c, ordersEnvelope);
    if (body instanceof Refused) return problem(c, body);
    const stated = { principal: c.var.principal, correlationId: c.var.trace.traceId };
    const items = await stateOrders(body.value.orders, stated, parts);
    if (items instanceof Refused) return problem(c, items);
    Object.assign(c.var.noted, { items: items.length, rejected: items.filter(({ outcome }) => outcome === 'rejected').length });
    return c.json({ items });
  });
}
