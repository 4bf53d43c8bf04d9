import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Comparison } from '../../domain/comparison.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Reading } from '../../domain/variance.ts';
import { inParallel } from '../in-parallel.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import { askByKey } from './ask-by-key.ts';
import { meaningAt, placesOf, type ErpPlace } from './erp-places.ts';
import type { ReconciliationParts } from './parts.ts';

/** One item as the ERP has it, beside its books. */
export interface Steady {
  readonly sku: Sku;
  /** Every place that either side knows; what the ERP does not list it does not have. */
  readonly readings: readonly Reading[];
  readonly comparison: Comparison;
  /** The ERP lists no place of it. */
  readonly absent: boolean;
  readonly readAtMs: number;
}

export interface SteadilyRead {
  readonly items: readonly Steady[];
  /** Objects that did not answer; they hold up nobody else. */
  readonly unheard: readonly Sku[];
}

/**
 * Whole items, read anew (R34, R35): how far the postings are, the numbers, the feed to its end, what is under way, and only
 * then the books.
 * null: the feed could not be read to its end, so nobody can say what the numbers held.
 */
export async function readSteadily(
  skus: readonly Sku[],
  parts: Omit<ReconciliationParts, 'settings' | 'stock'>,
): Promise<SteadilyRead | null> {
  const { db, connection, erp, stockOf, issueAt, followFeed, nowMs } = parts;
  const standings = await inParallel(skus, OBJECTS_AT_ONCE_MAX, async (sku) => stockOf(sku).standing());
  const balances = await erp.balancesOf(skus, AbortSignal.timeout(ERP_CALL_MS_MAX));
  const readAtMs = nowMs();
  const { bySku, markMax } = await placesOf(db, connection, balances);
  // Where a place of ours has no mark, what the feed told meanwhile is told apart by the object, to its end.
  const unmarked = balances.length === 0 || balances.some(({ mark }) => mark === null);
  if (!(await followFeed(unmarked ? null : markMax))) return null;

  const meaning = meaningAt(issueAt);
  const read = await inParallel(skus, OBJECTS_AT_ONCE_MAX, async (sku): Promise<Steady | null> => {
    const asked = standings[skus.indexOf(sku)];
    if (asked?.status !== 'fulfilled') throw new Error(`the object of ${sku} did not say how far its postings are`);
    const standing = asked.value;
    // The catalogue knows the item and no object does: nothing was ever booked.
    if (standing === null) return null;
    const listed = bySku.get(sku) ?? [];
    const marks = listed.flatMap(({ mark }) => (mark === null ? [] : [mark]));
    const told = marks.length > 0 && marks.length === listed.length ? await askByKey(sku, parts) : null;
    const readingOf = ({ mark, quantity, location, status }: ErpPlace): Reading => {
      const holds = mark === null ? { standing } : { mark, ...(told === null ? {} : { told }) };
      return { source: connection, location, status, quantity, meaning, holds };
    };
    const given = listed.map(readingOf);
    const first = await stockOf(sku).compare({ readings: given, explainedBy: connection });
    if (first === null) return null;
    // What is not listed beside places with marks is not there at the newest of these.
    const mark = told === null ? null : Math.max(...marks);
    const rest = first.unread.map((place) => readingOf({ ...place, quantity: 0, mark }));
    const readings = [...given, ...rest];
    const comparison = rest.length === 0 ? first : await stockOf(sku).compare({ readings, explainedBy: connection });
    return comparison === null ? null : { sku, readings, comparison, absent: listed.length === 0, readAtMs };
  });
  return {
    items: read.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : [])),
    unheard: skus.filter((_, index) => read[index]?.status === 'rejected'),
  };
}
