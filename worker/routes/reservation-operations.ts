import { Hono, type Context } from 'hono';
import type * as z from 'zod';
import {
  commitRequest,
  extendRequest,
  handOverRequest,
  linesRequest,
  pinRequest,
  resizeRequest,
} from '../../contracts/selling.ts';
import type { Plan, Reserve } from '../../domain/command.ts';
import type { ChannelId, ReservationId } from '../../domain/ids.ts';
import type { OrderTaking } from '../../durable-objects/sku-stock/protocol.ts';
import { answerCart } from '../replies/answer-cart.ts';
import { answerPlan, reservationUnknown } from '../replies/answer-plan.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf } from '../request/body.ts';
import type { HashBuyer } from '../request/buyer.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import { callerOf } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { reservationNamed } from '../request/reservation-id.ts';
import type { CartGateway } from '../stock/cart-gateway.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';

export interface OperationDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly hashBuyer: HashBuyer;
  /** Who looks the order up next finds it, without waiting for the projection, which says the same later. */
  readonly noteOrder: (order: OrderTaking) => void;
}

type Operation = Exclude<Plan, Reserve>;
interface On {
  readonly reservation: ReservationId;
  readonly caller: ChannelId | null;
}

/** What is done with a reservation that exists: each call one body, one command, one answer. */
export function reservationOperationRoutes({ allow, names, stock, carts, hashBuyer, noteOrder }: OperationDeps): Hono<AppEnv> {
  const sells = allow('reservations:write');
  const sellsOrShips = allow('reservations:write', 'stock:write');

  const operate =
    <Schema extends z.ZodType>(
      schema: Schema,
      commandOf: (on: On, body: z.output<Schema>) => Operation | Promise<Operation>,
      alsoByStockKeys = false,
    ) =>
    async (c: Context<AppEnv, '/:id'>): Promise<Response> => {
      const key = idempotencyKeyOf(c);
      if (key instanceof Refused) return problem(c, key);
      const body = await bodyOf(c, schema);
      if (body instanceof Refused) return problem(c, body);
      const caller = callerOf(c.var.principal, alsoByStockKeys);
      if (caller instanceof Refused) return problem(c, caller);
      const id = c.req.param('id');
      c.var.noted.reservationId = id;
      const named = reservationNamed(id);
      if (named === null || (named.sku !== null && !(await names.exists(named.sku)))) return problem(c, reservationUnknown(id));

      const { sku } = named;
      const command = await commandOf({ reservation: named.id, caller }, body.value);
      const asked = { command, key: await requestKeyOf(c, key, body.sent), correlationId: c.var.trace.traceId };
      if (sku !== null) c.var.noted.sku = sku;
      const answer =
        sku === null
          ? answerCart(c, await carts.execute(named.hash, asked), 200)
          : answerPlan(c.var, sku, await stock.execute(sku, [asked]), 200);
      if (command.type === 'commit' && answer.ok) noteOrder({ orderRef: command.orderRef, reservation: named.id });
      return answer;
    };

  return new Hono<AppEnv>()
    .post(
      '/v1/reservations/:id/extend',
      sells,
      operate(extendRequest, (on, { ttl_seconds }) => ({ type: 'extend', ...on, ttlMs: ttl_seconds * 1_000 })),
    )
    .post(
      '/v1/reservations/:id/resize',
      sells,
      operate(resizeRequest, (on, { lines }) => ({ type: 'resize', ...on, lines })),
    )
    .post(
      '/v1/reservations/:id/pin',
      sells,
      operate(pinRequest, (on) => ({ type: 'pin', ...on })),
    )
    .post(
      '/v1/reservations/:id/commit',
      sells,
      operate(commitRequest, (on, { order_ref, lines = null, keep_rest, reacquire }) => ({
        type: 'commit',
        ...on,
        orderRef: order_ref,
        lines,
        keepRest: keep_rest,
        reacquire,
      })),
    )
    .post(
      '/v1/reservations/:id/release',
      sells,
      operate(linesRequest, (on, { lines = null }) => ({ type: 'release', ...on, lines })),
    )
    .post(
      '/v1/reservations/:id/fulfill',
      sellsOrShips,
      operate(linesRequest, (on, { lines = null }) => ({ type: 'fulfill', ...on, lines }), true),
    )
    .post(
      '/v1/reservations/:id/cancel',
      sellsOrShips,
      operate(linesRequest, (on, { lines = null }) => ({ type: 'cancel', ...on, lines }), true),
    )
    .post(
      '/v1/reservations/:id/hand-over',
      sells,
      operate(handOverRequest, async (on, { buyer, reference }) => ({
        type: 'hand_over',
        ...on,
        ...(buyer === undefined ? {} : { buyer: await hashBuyer(buyer) }),
        ...(reference === undefined ? {} : { reference }),
      })),
    );
}
