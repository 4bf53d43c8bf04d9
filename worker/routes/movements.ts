import { Hono } from 'hono';
import { movement, movementsEnvelope, type Movement } from '../../contracts/facts.ts';
import type { Move } from '../../domain/command.ts';
import type { StockStatus } from '../../domain/stock.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf } from '../request/body.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { stateFacts, type FactParts, type Understood } from '../stock/stated-facts.ts';

export interface MovementDeps extends FactParts {
  readonly allow: Allow;
}

export function movementRoutes({ allow, ...parts }: MovementDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/v1/movements', allow('stock:write'), async (c) => {
    const body = await bodyOf(c, movementsEnvelope);
    if (body instanceof Refused) return problem(c, body);
    const stated = { principal: c.var.principal, correlationId: c.var.trace.traceId };
    const items = await stateFacts(body.value.movements, movement, moveOf, stated, parts);
    if (items instanceof Refused) return problem(c, items);
    Object.assign(c.var.noted, { items: items.length, rejected: items.filter(({ outcome }) => outcome === 'rejected').length });
    return c.json({ items });
  });
}

function moveOf({ read, location, toLocation, books, quantity }: Understood<Movement>): Move | Refused {
  const status = read.status ?? (read.kind === 'returned' ? 'quality_control' : 'sellable');
  const to =
    toLocation !== null ? { location: toLocation, status: read.to_status ?? 'in_transit' } : within(location, read.to_status);
  if (to !== null && to.location === location && to.status === status) {
    return new Refused('invalid_request', 'to_location, to_status: this is where the units are already');
  }
  return {
    type: 'move',
    id: read.id,
    source: read.source,
    books,
    kind: read.kind,
    location,
    status,
    quantity,
    to,
    reason: read.reason ?? null,
    document: read.document ?? null,
    reservation: read.reservation ?? null,
    orderRef: read.order_ref ?? null,
    mark: read.mark ?? null,
    occurredAtMs: read.occurred_at,
  };
}

function within(location: Move['location'], status: StockStatus | undefined): Move['to'] {
  return status === undefined ? null : { location, status };
}
