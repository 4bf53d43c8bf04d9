import type { LocationId, Sku } from '../../domain/ids.ts';
import { postingKey, type Posting } from '../../domain/posting.ts';
import type { Flush } from '../../worker/jobs/post-flushes.ts';

export const TEA = 'TEA' as Sku;
export const MUG = 'MUG' as Sku;
export const DC = 'dc' as LocationId;

/** A sale of so many units, as an object hands it to the queue. */
export function sale(sku: Sku, sequence: number, quantity = 1): Posting {
  return {
    key: postingKey(sku, sequence),
    sku,
    sequence,
    kind: 'committed',
    quantity,
    lines: [{ location: DC, status: 'sellable', onHand: -quantity, committed: 0 }],
    orderRef: `ORDER-${sequence}`,
    document: null,
    reason: null,
    occurredAtMs: 1_000,
    recordedAtMs: 1_000,
    correlationId: `trace-of-${sku}-${sequence}`,
  };
}

export function flush(sku: Sku, sequences: readonly number[], more: Partial<Flush> = {}): Flush {
  return {
    sku,
    sentAtMs: 2_000,
    attempt: 1,
    repeated: false,
    postings: sequences.map((sequence) => sale(sku, sequence)),
    ...more,
  };
}
