import type { Reconcile } from '../../domain/command.ts';
import type { Sku } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import type { ReconciliationParts } from './parts.ts';

/**
 * All of them were booked, now or by an earlier try; where one changed meanwhile none was. One cause is booked at all of its places
 * or at none: units that left one place and did not arrive at the other would be sold twice, or not at all.
 */
export async function book(
  sku: Sku,
  commands: readonly Reconcile[],
  correlationId: string,
  { stock }: Pick<ReconciliationParts, 'stock'>,
): Promise<boolean> {
  const [first, ...beside] = commands;
  if (first === undefined) return true;
  const command: Reconcile = beside.length === 0 ? first : { ...first, beside };
  const replies = await stock.execute(sku, [{ command, key: null, correlationId }]);
  if (replies instanceof Refused) {
    if (replies.code === 'overloaded') throw new Error(replies.detail);
    return false;
  }
  return replies.every((reply) => {
    if (reply.outcome === 'duplicate') return true;
    return reply.outcome === 'answered' && reply.answer.accepted && reply.answer.fact?.outcome === 'applied';
  });
}
