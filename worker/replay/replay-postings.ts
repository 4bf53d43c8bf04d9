import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { postingKey } from '../../domain/posting.ts';
import type { Replayed, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { ErpUnavailable, type ErpPort } from '../../erp/port.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import { deliveriesToGoAgain, type Position } from '../read-models/posting-log.ts';

export interface ReplayPostingsDeps {
  readonly db: D1Database;
  readonly erp: Pick<ErpPort, 'find' | 'batchMax'>;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'replay'>;
  readonly nowMs: () => number;
}

export type ReplayedPosting = Position & {
  /** `unanswered`: the ERP could not be asked whether it has it, so it stays as it is. */
  readonly outcome: Replayed['outcome'] | 'unanswered';
};

/**
 * Sends postings again under their keys: those that the ERP refused, and those that it said it had and has no more. Of the
 * latter it is asked by key before anything is done, and by whoever sends it once more (R31). What is under way, or there,
 * stays as it is, so asking twice changes nothing.
 */
export async function replayPostings(
  positions: readonly Position[],
  { db, erp, stockOf, nowMs }: ReplayPostingsDeps,
): Promise<readonly ReplayedPosting[]> {
  const askedAtMs = nowMs();
  const ask = async (some: readonly Position[], vanished: boolean): Promise<readonly ReplayedPosting[]> => {
    const perSku = [...Map.groupBy(some, ({ sku }) => sku)];
    const replayed = valuesOf(
      await inParallel(perSku, OBJECTS_AT_ONCE_MAX, async ([sku, ofSku]): Promise<readonly ReplayedPosting[]> => {
        const said = await stockOf(sku).replay(ofSku.map(({ sequence }) => ({ sequence, vanished })));
        return said.map((one) => ({ sku, ...one }));
      }),
    );
    return replayed.flat();
  };

  const first = await ask(positions, false);
  const posted = first.filter(({ outcome }) => outcome === 'posted');
  const found = await foundIn(erp, posted);
  const lost = posted.filter((one) => found.get(keyOf(one)) === false);
  const second = new Map((lost.length === 0 ? [] : await ask(lost, true)).map((one) => [keyOf(one), one]));
  const all = first.map((one): ReplayedPosting => {
    if (one.outcome !== 'posted') return one;
    return found.get(keyOf(one)) === undefined ? { ...one, outcome: 'unanswered' } : (second.get(keyOf(one)) ?? one);
  });

  const again = all.filter(({ outcome }) => outcome === 'again');
  await deliveriesToGoAgain(db, again, askedAtMs);
  return all;
}

/** Whether the ERP has it; absent where it did not say. */
async function foundIn(erp: ReplayPostingsDeps['erp'], postings: readonly Position[]): Promise<ReadonlyMap<string, boolean>> {
  const known = new Map<string, boolean>();
  for (let at = 0; at < postings.length; at += erp.batchMax) {
    const keys = postings.slice(at, at + erp.batchMax).map(keyOf);
    try {
      const receipts = await erp.find(keys, AbortSignal.timeout(ERP_CALL_MS_MAX));
      for (const key of keys) known.set(key, receipts.has(key));
    } catch (error) {
      if (!(error instanceof ErpUnavailable)) throw error;
      break;
    }
  }
  return known;
}

function keyOf({ sku, sequence }: Position): string {
  return postingKey(sku, sequence);
}
