import { count, movement, type FactReply } from '../../contracts/facts.ts';
import type { FactKind } from '../../contracts/inbound.ts';
import type { OrderReply } from '../../contracts/orders.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { Principal } from '../middleware/principal.ts';
import { stateOrders, type OrderParts } from '../orders/state-orders.ts';
import type { Refused } from '../refused.ts';
import { countOf } from '../stock/count-of.ts';
import { moveOf } from '../stock/move-of.ts';
import { stateFacts, type FactParts } from '../stock/stated-facts.ts';

export interface AnyParts extends FactParts, OrderParts {
  readonly issueAt: IssueAt;
}

/** Books facts of one kind as its own route does: each judged by itself, each booked once. A refusal concerns all of them. */
export type StateAny = (
  kind: FactKind,
  facts: readonly unknown[],
  from: { readonly source: SourceId; readonly correlationId: string },
) => Promise<readonly (FactReply | OrderReply)[] | Refused>;

export function stateAnyWith({ issueAt, ...parts }: AnyParts): StateAny {
  return async (kind, facts, { source, correlationId }) => {
    const stated = { principal: speakerOf(source), correlationId };
    switch (kind) {
      case 'movement':
        return stateFacts(facts, movement, moveOf, stated, parts);
      case 'count':
        return stateFacts(facts, count, (one) => countOf(one, issueAt), stated, parts);
      case 'order':
        return stateOrders(facts, stated, parts);
    }
  };
}

/** What came in was let in: from here on it speaks for its own source, and for that alone. */
export function speakerOf(source: SourceId): Principal {
  return {
    keyId: `source:${source}`,
    scopes: ['stock:write'],
    channel: null,
    sources: [source],
    locations: null,
    rateLimit: null,
  };
}
