import { Hono } from 'hono';
import { count, countsEnvelope } from '../../contracts/facts.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf } from '../request/body.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { countOf } from '../stock/count-of.ts';
import { stateFacts, type FactParts } from '../stock/stated-facts.ts';

export interface CountDeps extends FactParts {
  readonly allow: Allow;
  readonly issueAt: IssueAt;
}

export function countRoutes({ allow, issueAt, ...parts }: CountDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/v1/counts', allow('stock:write'), async (c) => {
    const body = await bodyOf(c, countsEnvelope);
    if (body instanceof Refused) return problem(c, body);
    const stated = { principal: c.var.principal, correlationId: c.var.trace.traceId };
    const items = await stateFacts(body.value.counts, count, (one) => countOf(one, issueAt), stated, parts);
    if (items instanceof Refused) return problem(c, items);
    Object.assign(c.var.noted, { items: items.length, rejected: items.filter(({ outcome }) => outcome === 'rejected').length });
    return c.json({ items });
  });
}
