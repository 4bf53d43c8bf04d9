import type { FactReply } from '../../contracts/facts.ts';
import type { FactKind } from '../../contracts/inbound.ts';
import type { InboundMessage } from '../../contracts/inbound-messages.ts';
import type { OrderReply } from '../../contracts/orders.ts';
import { Refused } from '../refused.ts';
import type { StateAny } from './state-any.ts';

export type Answer = FactReply | OrderReply;

/**
 * An answer for each fact, in order. What is refused as a whole is tried in halves, so that the one that is at fault is
 * rejected alone. Throws where all of it is to be tried again.
 */
export async function bookAll(
  kind: FactKind,
  facts: readonly unknown[],
  from: Pick<InboundMessage, 'source' | 'correlationId'>,
  stateAny: StateAny,
): Promise<readonly Answer[]> {
  if (facts.length === 0) return [];
  const answers = await stateAny(kind, facts, from);
  if (!(answers instanceof Refused)) {
    if (answers.some(({ code }) => code === 'internal_error')) throw new Error('a fact was not booked, and may be sent again');
    return answers;
  }
  if (answers.code === 'overloaded') throw new Error(answers.detail);
  if (facts.length === 1) return [{ id: null, source: from.source, outcome: 'rejected', ...pick(answers) }];
  const half = Math.ceil(facts.length / 2);
  return [
    ...(await bookAll(kind, facts.slice(0, half), from, stateAny)),
    ...(await bookAll(kind, facts.slice(half), from, stateAny)),
  ];
}

function pick({ code, detail }: Refused): Pick<FactReply, 'code' | 'detail'> {
  return { code, detail };
}
