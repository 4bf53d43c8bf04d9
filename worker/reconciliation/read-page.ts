import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Reading, Told } from '../../domain/variance.ts';
import type { ErpBalancePage } from '../../erp/port.ts';
import { inParallel } from '../in-parallel.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import type { Pause, Step } from './advance-run.ts';
import { askByKey } from './ask-by-key.ts';
import { candidatesOf, unheardOf } from './candidates.ts';
import { meaningAt, placesOf, type ErpPlace, type ReadPlaces } from './erp-places.ts';
import { ITEMS_PER_STEP } from './limits.ts';
import { NEW_LINE, putLines, type Line } from './lines.ts';
import type { ReconciliationParts } from './parts.ts';
import { readSteadily, type SteadilyRead, type Steady } from './read-steadily.ts';
import type { Run } from './runs.ts';

/** The feed is behind: whoever books there will have been heard in a moment. */
export const FEED_BEHIND: Pause = { waitMs: 2_000, why: 'the feed of the ERP was not read to its end' };

const NOBODY: SteadilyRead = { items: [], unheard: [] };

/**
 * First pass: a page of the ERP's balances beside our books. It only finds out what may differ, and writes nothing of what
 * does not; whether it does is found out by whole items, twice.
 */
export async function readPage(run: Run, parts: ReconciliationParts): Promise<Step | Pause> {
  if (run.skus !== null) return readNamed(run, run.skus, parts);
  const { db, connection, erp, nowMs } = parts;
  const page: ErpBalancePage = await erp.balances(run.cursor, AbortSignal.timeout(ERP_CALL_MS_MAX));
  const readAtMs = nowMs();
  const read = await placesOf(db, connection, page.items);
  if (!(await parts.followFeed(read.markMax))) return FEED_BEHIND;

  const marked = new Map([...read.bySku].filter(([, places]) => places.every(({ mark }) => mark !== null)));
  const unmarked = [...read.bySku.keys()].filter((sku) => !marked.has(sku));
  const compared = await compareMarked(marked, readAtMs, parts);
  const steady = unmarked.length === 0 ? NOBODY : await readSteadily(unmarked, parts);
  if (steady === null) return FEED_BEHIND;

  const all = [...compared.items, ...steady.items];
  const lines = [
    ...all.flatMap((one) => candidatesOf(run.id, one)),
    ...unheardOf(run.id, [...compared.unheard, ...steady.unheard], readAtMs),
    ...linesOfUnknown(run.id, read.unknown, readAtMs),
  ];
  return {
    progress: {
      cursor: page.nextCursor,
      phase: page.nextCursor === null ? 'absent' : 'reading',
      items: run.items + read.bySku.size,
      places: run.places + all.reduce((total, { readings }) => total + readings.length, 0),
      markMax: later(run.markMax, read.markMax),
    },
    rows: [...putLines(db, lines), notePage(db, run, [...read.bySku.keys()])],
  };
}

/** Items that were asked for by name are whole from the start. */
async function readNamed(run: Run, skus: readonly Sku[], parts: ReconciliationParts): Promise<Step | Pause> {
  const from = Number(run.cursor ?? '0');
  const steady = await readSteadily(skus.slice(from, from + ITEMS_PER_STEP), parts);
  if (steady === null) return FEED_BEHIND;
  const next = from + ITEMS_PER_STEP;
  const done = next >= skus.length;
  return {
    progress: {
      cursor: done ? null : String(next),
      phase: done ? 'views' : 'reading',
      items: run.items + steady.items.length,
      places: run.places + steady.items.reduce((total, { readings }) => total + readings.length, 0),
    },
    rows: putLines(parts.db, [
      ...steady.items.flatMap((one) => candidatesOf(run.id, one)),
      ...unheardOf(run.id, steady.unheard, parts.nowMs()),
    ]),
  };
}

async function compareMarked(bySku: ReadPlaces['bySku'], readAtMs: number, parts: ReconciliationParts): Promise<SteadilyRead> {
  const { connection, issueAt, stockOf } = parts;
  const meaning = meaningAt(issueAt);
  const readingOf = ({ location, status, quantity, mark }: ErpPlace, told: Told | null): Reading => {
    const holds = { mark: mark ?? 0, ...(told === null ? {} : { told }) };
    return { source: connection, location, status, quantity, meaning, holds };
  };
  const compared = await inParallel([...bySku], OBJECTS_AT_ONCE_MAX, async ([sku, places]): Promise<Steady | null> => {
    const read = places.map((place) => readingOf(place, null));
    const first = await stockOf(sku).compare({ readings: read, explainedBy: null });
    // The ERP is asked for no key of an item of which nothing is under way.
    const unclear = first?.places.some(({ outcome }) => outcome === 'deferred') ?? false;
    const told = unclear ? await askByKey(sku, parts) : null;
    const readings = told === null ? read : places.map((place) => readingOf(place, told));
    const comparison = told === null ? first : await stockOf(sku).compare({ readings, explainedBy: null });
    return comparison === null ? null : { sku, readings, comparison, absent: false, readAtMs };
  });
  return {
    items: compared.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : [])),
    unheard: [...bySku.keys()].filter((_, index) => compared[index]?.status === 'rejected'),
  };
}

function linesOfUnknown(run: string, unknown: ReadPlaces['unknown'], readAtMs: number): readonly Line[] {
  return unknown.map(({ class: found, sku, location, status, onHand }) => ({
    ...NEW_LINE,
    run,
    sku,
    location: location satisfies LocationId,
    status,
    class: found,
    outcome: 'reported',
    counted: onHand,
    variance: onHand,
    readAtMs,
  }));
}

function notePage(db: D1Database, { id, step }: Run, skus: readonly Sku[]): D1PreparedStatement {
  return db
    .prepare('INSERT OR REPLACE INTO reconciliation_page (run, step, skus) VALUES (?, ?, ?)')
    .bind(id, step, JSON.stringify(skus));
}

function later(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
