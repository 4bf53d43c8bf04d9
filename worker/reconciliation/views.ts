import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { placeKey } from '../../domain/stock.ts';
import type { Reading } from '../../domain/variance.ts';
import { inParallel } from '../in-parallel.ts';
import type { Step } from './advance-run.ts';
import { ABSENT_PER_STEP } from './limits.ts';
import { NEW_LINE, putLines, type Line } from './lines.ts';
import type { ReconciliationParts } from './parts.ts';
import type { Run } from './runs.ts';
import type { LineView } from './schema.ts';
import { countsOf, skusCountedAfter, type StatedCount } from './stated-counts.ts';

/** What other sources counted, beside our books: places at which any of them differs are looked at with the others. */
export async function readViews(run: Run, parts: ReconciliationParts): Promise<Step> {
  const { db, nowMs } = parts;
  const sources = othersIn(run);
  const skus = await nextSkus(run, sources, db);
  const views = await viewsOf(sources, skus, parts);
  const readAtMs = nowMs();
  const known = new Set((await linesOfSkus(db, run.id, skus)).map((one) => `${one.sku}\n${placeKey(one)}`));
  const lines = [...views].flatMap(([sku, places]) =>
    [...places].flatMap(([key, { place, seen }]): readonly Line[] => {
      // Who is told by the ERP already has its line, and the views are shown there when it is read again.
      if (known.has(`${sku}\n${key}`) || seen.every(({ variance }) => variance === 0)) return [];
      return [{ ...NEW_LINE, run: run.id, sku, ...place, views: seen, readAtMs }];
    }),
  );
  const done = skus.length < ABSENT_PER_STEP;
  const asked = run.against.includes(run.connection);
  return {
    progress: {
      phase: done ? 'checking' : 'views',
      cursor: done ? null : (skus.at(-1) ?? null),
      // Where the ERP is compared as well, they were counted there.
      items: run.items + (asked ? 0 : skus.length),
      places: run.places + (asked ? 0 : [...views.values()].reduce((total, { size }) => total + size, 0)),
    },
    rows: putLines(db, lines),
  };
}

export function othersIn({ against, connection }: Run): readonly string[] {
  return against.filter((source) => source !== connection);
}

async function nextSkus({ skus, cursor }: Run, sources: readonly string[], db: D1Database): Promise<readonly Sku[]> {
  if (sources.length === 0) return [];
  const after = cursor ?? '';
  if (skus === null) return skusCountedAfter(db, sources, after, ABSENT_PER_STEP);
  return skus
    .toSorted()
    .filter((sku) => sku > after)
    .slice(0, ABSENT_PER_STEP);
}

type PlaceViews = ReadonlyMap<
  string,
  { readonly place: Pick<StatedCount, 'location' | 'status'>; readonly seen: readonly LineView[] }
>;

/** By item and place, each source's count with the difference that R35 makes of it. */
export async function viewsOf(
  sources: readonly string[],
  skus: readonly Sku[],
  { db, stockOf, connection }: Pick<ReconciliationParts, 'db' | 'stockOf' | 'connection'>,
): Promise<ReadonlyMap<Sku, PlaceViews>> {
  const counted = [...(await countsOf(db, sources, skus))];
  const compared = await inParallel(counted, OBJECTS_AT_ONCE_MAX, async ([sku, counts]): Promise<readonly [Sku, PlaceViews]> => {
    const readings = counts.map(({ source, location, status, quantity, meaning, asOfMs }): Reading => {
      const books = source === connection ? 'erp' : 'front';
      return { source, location, status, quantity, meaning, holds: { asOfMs, books } };
    });
    const comparison = await stockOf(sku).compare({ readings, explainedBy: null });
    const seen = counts.map((count, index) => {
      const found = comparison?.places[index];
      const { source, quantity, asOfMs } = count;
      return { count, view: { source, quantity, asOfMs, variance: found?.outcome === 'known' ? found.variance : null } };
    });
    const byPlace = Map.groupBy(seen, ({ count }) => placeKey(count));
    return [
      sku,
      new Map(
        [...byPlace].map(([key, ofPlace]) => {
          const [{ count }] = ofPlace as [(typeof ofPlace)[number]];
          const place = { location: count.location, status: count.status };
          return [key, { place, seen: ofPlace.map(({ view }) => view) }];
        }),
      ),
    ];
  });
  // Of an item whose object does not answer nothing is shown; where the ERP is compared as well it is deferred there.
  return new Map(compared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}

async function linesOfSkus(
  db: D1Database,
  run: string,
  skus: readonly Sku[],
): Promise<readonly Pick<Line, 'sku' | 'location' | 'status'>[]> {
  const { results } = await db
    .prepare('SELECT sku, location, status FROM reconciliation_line WHERE run = ?1 AND sku IN (SELECT value FROM json_each(?2))')
    .bind(run, JSON.stringify(skus))
    .all<Pick<Line, 'sku' | 'location' | 'status'>>();
  return results;
}
