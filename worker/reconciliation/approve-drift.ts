import type { Reconcile } from '../../domain/command.ts';
import { sequenceOf } from '../../domain/posting.ts';
import { placeKey } from '../../domain/stock.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { ErpUnavailable } from '../../erp/port.ts';
import { Refused } from '../refused.ts';
import { replayPostings } from '../replay/replay-postings.ts';
import { DRIFT_APPROVED, DRIFT_GONE, driftCaseOf, type DriftCase } from './drift-cases.ts';
import { book } from './book-corrections.ts';
import { keptOf, waitsForCode } from './drift-evidence.ts';
import type { ReconciliationParts } from './parts.ts';
import { readSteadily } from './read-steadily.ts';
import { isRestored } from './restored.ts';

export type ApproveParts = Omit<ReconciliationParts, 'stockOf'> & {
  readonly stockOf: (sku: DriftCase['sku']) => Pick<SkuStockStub, 'standing' | 'compare' | 'replay'>;
};

/** Why the case may be closed now: it was booked, or there is nothing left to book. Asked twice it books once. */
export async function approveDrift(caseId: string, parts: ApproveParts, correlationId: string): Promise<string | Refused> {
  const found = await driftCaseOf(parts.db, caseId);
  if (found === null)
    return new Refused('nothing_to_approve', 'only a difference from the ERP can be approved; resolve this with a reason');
  if (await isRestored(parts.db, found.connection))
    return new Refused('erp_unavailable', 'the ERP seems restored from a backup: resolve that case first');
  try {
    switch (found.class) {
      case 'double_post':
        return new Refused(
          'nothing_to_approve',
          'our books are right: reverse the second document in the ERP, and a run closes this',
        );
      case 'missing_post':
        return await postAgain(found, parts);
      case 'late_order':
      case 'wrong_location':
      case 'unit_mix_up':
      case 'unknown':
        return await bookDifference(found, parts, correlationId);
    }
  } catch (error) {
    if (error instanceof ErpUnavailable) return new Refused('erp_unavailable', error.message);
    throw error;
  }
}

/** What the ERP no longer has goes out again under its key, which it is asked for once more (R31). */
async function postAgain({ sku, keys }: DriftCase, parts: ApproveParts): Promise<string | Refused> {
  const sequences = keys.flatMap((key) => sequenceOf(sku, key) ?? []);
  const replayed = await replayPostings(
    sequences.map((sequence) => ({ sku, sequence })),
    parts,
  );
  if (replayed.some(({ outcome }) => outcome === 'unanswered'))
    return new Refused('erp_unavailable', 'the ERP did not say whether it has these postings; ask again in a moment');
  if (replayed.every(({ outcome }) => outcome === 'posted')) return DRIFT_GONE;
  const gone = replayed.find(({ outcome }) => outcome === 'forgotten' || outcome === 'none');
  return gone === undefined
    ? DRIFT_APPROVED
    : new Refused('nothing_to_approve', `posting ${gone.sequence} was archived long ago: book it in the ERP by hand`);
}

/** The numbers are read anew: what the case states must be so at this moment, or nothing is booked. */
async function bookDifference(found: DriftCase, parts: ApproveParts, correlationId: string): Promise<string | Refused> {
  const [steady] = (await readSteadily([found.sku], parts))?.items ?? [];
  if (steady === undefined)
    throw new ErpUnavailable('the feed of the ERP was not read to its end, or the item did not answer; ask again');
  const now = found.places.map((place) => {
    const index = steady.readings.findIndex((reading) => placeKey(reading) === placeKey(place));
    const reading = steady.readings[index];
    const seen = index === -1 ? ({ outcome: 'known', variance: 0 } as const) : steady.comparison.places[index];
    return { place, reading, variance: seen?.outcome === 'known' ? seen.variance : null };
  });
  if (now.some(({ variance }) => variance === null))
    throw new ErpUnavailable(
      'a posting is under way, and nobody can know yet whether the number holds it; ask again in a moment',
    );
  if (now.every(({ variance }) => variance === 0)) return DRIFT_GONE;
  const other = now.find(({ place, variance }) => variance !== place.variance);
  if (other !== undefined) return changed(other.place.location, other.variance ?? 0);

  const unapplied = (await keptOf(parts.db, found.connection, [found.sku])).get(found.sku) ?? [];
  if (now.some(({ reading }) => reading !== undefined && waitsForCode(reading, unapplied)))
    return new Refused('case_changed', 'a booking that the ERP told of waits here for a code: declare it, and run again');

  const commands = now.flatMap(({ reading, variance }): readonly Reconcile[] => {
    if (reading === undefined || variance === null || 'asOfMs' in reading.holds) return [];
    const { location, status, source, quantity, meaning, holds } = reading;
    const id = `${found.caseId} ${found.run} ${status} ${location}`;
    const reason = `${found.class}: approved, case ${found.caseId}`;
    const at = { location, status, source, quantity, meaning, holds };
    return [{ type: 'reconcile', id, books: 'erp', ...at, asOfMs: steady.readAtMs, variance, reason }];
  });
  return (await book(found.sku, commands, correlationId, parts))
    ? DRIFT_APPROVED
    : changed(found.places[0]?.location ?? '', null);
}

function changed(location: string, variance: number | null): Refused {
  const now = variance === null ? 'it changed while this was decided' : `at ${location} it is ${variance} now`;
  return new Refused('case_changed', `${now}; the next run says in the case what is so, or closes it`);
}
