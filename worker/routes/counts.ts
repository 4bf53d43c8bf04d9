import { Hono } from 'hono';
import { count, countsEnvelope, type Count as CountRead } from '../../contracts/facts.ts';
import type { Count } from '../../domain/command.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf } from '../request/body.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { stateFacts, type FactParts, type Understood } from '../stock/stated-facts.ts';

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

/** R34: what the ERP's number means follows from what we post to it. */
const MEANING_OF = { commit: 'on_hand_minus_committed', fulfil: 'on_hand', both: null } as const satisfies Record<
  IssueAt,
  Count['meaning'] | null
>;

function countOf({ read, location, books, quantity }: Understood<CountRead>, issueAt: IssueAt): Count | Refused {
  const meant = MEANING_OF[issueAt];
  if (books === 'erp' && meant !== null && read.meaning !== meant) {
    return new Refused('meaning_conflict', `we post at ${issueAt}, so a number of this ERP means ${meant}`);
  }
  const { id, source, status, meaning, as_of: asOfMs, mark = null } = read;
  return { type: 'count', id, source, books, location, status, quantity, meaning, asOfMs, mark };
}
