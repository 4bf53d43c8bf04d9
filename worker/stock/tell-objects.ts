import type { FactReply } from '../../contracts/facts.ts';
import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Fact } from '../../domain/command.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Reply } from '../../durable-objects/sku-stock/protocol.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from './stock-gateway.ts';

export interface FactOfSku {
  readonly sku: Sku;
  readonly fact: Fact;
}

/** Objects in parallel, so many at once. A repeated call does no harm, so one that is overloaded fails the whole. */
export async function tellObjects(
  facts: readonly (FactOfSku | Refused)[],
  stock: StockGateway,
  correlationId: string,
): Promise<readonly (Reply | Refused)[] | Refused> {
  const bySku = new Map<Sku, { readonly index: number; readonly fact: Fact }[]>();
  for (const [index, one] of facts.entries()) {
    if (one instanceof Refused) continue;
    const same = bySku.get(one.sku) ?? [];
    same.push({ index, fact: one.fact });
    bySku.set(one.sku, same);
  }
  const told: (Reply | Refused | undefined)[] = facts.map((one) => (one instanceof Refused ? one : undefined));
  const answers = valuesOf(
    await inParallel([...bySku], OBJECTS_AT_ONCE_MAX, async ([sku, group]) => {
      const replies = await stock.execute(
        sku,
        group.map(({ fact }) => ({ command: fact, key: null, correlationId })),
      );
      return { group, replies };
    }),
  );
  for (const { group, replies } of answers) {
    if (replies instanceof Refused && replies.code === 'overloaded') return replies;
    for (const [at, { index }] of group.entries()) told[index] = replies instanceof Refused ? replies : replies[at];
  }
  return told.map((one) => {
    if (one === undefined) throw new Error('every fact that was told is answered');
    return one;
  });
}

export function outcomeOf(reply: Reply | Refused | undefined): Omit<FactReply, 'id' | 'source'> {
  if (reply === undefined) throw new Error('every fact is answered');
  if (reply instanceof Refused) return { outcome: 'rejected', code: reply.code, detail: reply.detail };
  switch (reply.outcome) {
    case 'duplicate':
      return { outcome: 'duplicate', sequence: reply.sequence };
    case 'failed':
      return { outcome: 'rejected', code: 'internal_error', detail: 'it was not booked; send it again' };
    case 'answered': {
      if (!reply.answer.accepted) return { outcome: 'rejected', code: reply.answer.rejection.code };
      const fact = reply.answer.fact;
      if (fact === null) throw new Error('a fact is answered as one');
      const { sequence } = reply;
      if (fact.outcome === 'changed') throw new Error('nobody states what only a run may find');
      if (fact.outcome !== 'applied') return { outcome: fact.outcome, sequence };
      return { outcome: 'applied', sequence, ...(fact.variance === null ? {} : { variance: fact.variance }) };
    }
    case 'key_reused':
    case 'too_many_operations':
      throw new Error('a fact carries its own identity, no key');
  }
}
