import { Hono } from 'hono';
import { movement, movementsEnvelope } from '../../contracts/facts.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf } from '../request/body.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { moveOf } from '../stock/move-of.ts';
import { stateFacts, type FactParts } from '../stock/stated-facts.ts';

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
