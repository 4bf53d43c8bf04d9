import type { Reconcile } from '../../domain/command.ts';
import type { Sku } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import type { ReconciliationParts } from './parts.ts';

/** All of them were booked, now or by an earlier try; what changed meanwhile was not. */
export async function book(
  sku: Sku,
  commands: readonly Reconcile[],
  correlationId: string,
  { stock }: Pick<ReconciliationParts, 'stock'>,
): Promise<boolean> {
  const replies = await stock.execute(
    sku,
    commands.map((command) => ({ command, key: null, correlationId })),
  );
  if (replies instanceof Refused) {
    if (replies.code === 'overloaded') throw new Error(replies.detail);
    return false;
  }
  return replies.every((reply) => {
    if (reply.outcome === 'duplicate') return true;
    return reply.outcome === 'answered' && reply.answer.accepted && reply.answer.fact?.outcome === 'applied';
  });
}
