import { classify, type Drift, type PlaceVariance } from '../../domain/reconciliation.ts';
import { placeKey } from '../../domain/stock.ts';
import type { Pause, Step } from './advance-run.ts';
import { driftEvidenceOf, waitsForCode, type EvidenceOfItem } from './drift-evidence.ts';
import { meaningAt } from './erp-places.ts';
import { ITEMS_PER_STEP, READINGS_MAX } from './limits.ts';
import { linesOfNext, NEW_LINE, replaceLines, type Line } from './lines.ts';
import type { ReconciliationParts } from './parts.ts';
import { FEED_BEHIND } from './read-page.ts';
import { readSteadily, type Steady } from './read-steadily.ts';
import type { Run } from './runs.ts';
import { othersIn, viewsOf } from './views.ts';

/**
 * Second pass and those after it: every item of which something differed is read again as a whole, some seconds later. What
 * two readings in a row agree on is found out; the rest comes again, until that seems hopeless (R36).
 */
export async function checkAgain(run: Run, parts: ReconciliationParts): Promise<Step | Pause> {
  const { db, settings, nowMs, issueAt } = parts;
  if (!run.against.includes(run.connection))
    return { progress: { phase: 'closing', cursor: null }, rows: [reported(db, run.id)] };
  const before = await linesOfNext(db, run.id, { decided: false, after: run.cursor, limit: ITEMS_PER_STEP });
  if (before.size === 0) {
    const done = run.cursor === null;
    return { progress: { phase: done ? 'deciding' : 'checking', cursor: null }, rows: [] };
  }
  const skus = [...before.keys()];
  const restedMs = Math.max(...[...before.values()].flat().map(({ readAtMs }) => readAtMs)) + settings.recheckMs;
  if (nowMs() < restedMs) return { waitMs: restedMs - nowMs(), why: 'two readings are some seconds apart' };

  const steady = await readSteadily(skus, parts);
  if (steady === null) return FEED_BEHIND;
  const views = await viewsOf(othersIn(run), skus, parts);
  const judged = steady.items.map((one) => ({ one, agreed: agrees(one, before.get(one.sku) ?? []) }));
  const found = judged.filter(({ agreed }) => agreed).map(({ one }) => one);
  const evidence = await driftEvidenceOf(found, parts);

  const lines = judged.flatMap(({ one, agreed }) => {
    const seen = views.get(one.sku);
    const was = before.get(one.sku) ?? [];
    const places = new Map(
      one.readings.map((reading, index) => [placeKey(reading), { reading, at: one.comparison.places[index] }]),
    );
    // A place that only another source counted is compared with the ERP as well.
    for (const [key, { place }] of seen ?? []) {
      if (places.has(key)) continue;
      const nothing = { ...place, source: run.connection, quantity: 0, meaning: meaningAt(issueAt), holds: { mark: 0 } };
      places.set(key, { reading: nothing, at: { outcome: 'known', variance: 0, booked: 0 } });
    }
    const readings = Math.max(0, ...was.map((line) => line.readings)) + 1;
    const known = evidence.get(one.sku) ?? NOTHING;
    const drifts = agreed ? classify(variancesOf(one), known, meaningAt(issueAt)) : [];
    const waiting = new Set(one.readings.flatMap((read) => (waitsForCode(read, known.unapplied) ? [placeKey(read)] : [])));
    return [...places].flatMap(([key, { reading, at }]): readonly Line[] => {
      const ofPlace = seen?.get(key)?.seen ?? [];
      const viewsDiffer = ofPlace.some(({ variance }) => variance !== 0);
      const isEqual = at?.outcome === 'known' && at.variance === 0;
      if (at === undefined || (isEqual && !viewsDiffer)) return [];
      const number = drifts.findIndex(({ places: explained }) => explained.some((other) => placeKey(other) === key));
      const drift = drifts[number];
      const waits = drift?.places.some((explained) => waiting.has(placeKey(explained))) ?? false;
      const { location, status, quantity, meaning, holds } = reading;
      return [
        {
          ...NEW_LINE,
          run: run.id,
          sku: one.sku,
          location,
          status,
          ...(waits ? WAITS_FOR_CODE : outcomeOf(isEqual, agreed, readings, one.absent, drift)),
          booked: at.outcome === 'known' ? at.booked : null,
          counted: quantity,
          meaning,
          variance: at.outcome === 'known' ? at.variance : null,
          holds: 'asOfMs' in holds ? null : holds,
          readAtMs: one.readAtMs,
          readings,
          drift: drift === undefined || waits ? null : number,
          keys: drift?.because.keys ?? [],
          factor: drift?.because.factor ?? null,
          lostTail: drift?.class === 'missing_post' ? (evidence.get(one.sku)?.lostTail ?? 0) : 0,
          views: ofPlace,
        },
      ];
    });
  });
  const unheard = steady.unheard.flatMap((sku) =>
    (before.get(sku) ?? []).filter(({ outcome }) => outcome === 'open').map((line) => notHeard(line, nowMs())),
  );
  return { progress: { cursor: skus.at(-1) ?? null }, rows: replaceLines(db, run.id, skus, [...lines, ...unheard]) };
}

/** What was found before may be so no more. */
function notHeard(line: Line, nowMs: number): Line {
  const readings = line.readings + 1;
  return { ...line, variance: null, outcome: readings >= READINGS_MAX ? 'deferred' : 'open', readings, readAtMs: nowMs };
}

/** Nothing of the item is unclear, and every difference is the one that was found before. */
function agrees({ readings, comparison }: Steady, before: readonly Line[]): boolean {
  return comparison.places.every((found, index) => {
    const reading = readings[index];
    if (found.outcome !== 'known' || reading === undefined) return false;
    const was = before.find((line) => placeKey(line) === placeKey(reading));
    return found.variance === 0 ? true : was?.variance === found.variance;
  });
}

function variancesOf({ readings, comparison }: Steady): readonly PlaceVariance[] {
  return readings.flatMap(({ location, status }, index) => {
    const found = comparison.places[index];
    return found?.outcome === 'known' ? [{ location, status, variance: found.variance, booked: found.booked }] : [];
  });
}

function outcomeOf(
  isEqual: boolean,
  agreed: boolean,
  readings: number,
  absent: boolean,
  drift: Drift | undefined,
): Pick<Line, 'outcome' | 'class'> {
  if (isEqual) return { outcome: 'reported', class: null };
  if (!agreed) return { outcome: readings >= READINGS_MAX ? 'deferred' : 'open', class: null };
  // What the ERP lost may be posted again; an item that it never had is for somebody to create there.
  if (absent && drift?.class === 'unknown') return { outcome: 'reported', class: 'item_not_in_erp' };
  return { outcome: 'open', class: drift?.class ?? 'unknown' };
}

/** The next run tries, when somebody has declared what the open case names. */
const WAITS_FOR_CODE = { outcome: 'deferred', class: null } as const;

const NOTHING: EvidenceOfItem = { posted: [], facts: [], lost: new Set(), unapplied: [], factors: [], lostTail: 0 };

/** Where the ERP is not asked, what other sources counted is all there is to say. */
function reported(db: D1Database, run: string): D1PreparedStatement {
  return db.prepare("UPDATE reconciliation_line SET outcome = 'reported' WHERE run = ? AND outcome = 'open'").bind(run);
}
