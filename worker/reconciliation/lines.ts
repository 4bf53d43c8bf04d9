import { and, asc, eq, sql, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { LineClass, LineOutcome } from '../../contracts/reconciliations.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { StockStatus } from '../../domain/stock.ts';
import { jsonPages } from '../read-models/json-pages.ts';
import { reconciliationLine } from './schema.ts';

export type Line = Readonly<typeof reconciliationLine.$inferSelect>;

/** What nobody has found out yet of a place. */
export const NEW_LINE = {
  outcome: 'open',
  class: null,
  booked: null,
  counted: null,
  meaning: null,
  variance: null,
  holds: null,
  readings: 1,
  drift: null,
  keys: [],
  factor: null,
  lostTail: 0,
  views: [],
  caseId: null,
} as const satisfies Partial<Line>;

export function putLines(db: D1Database, lines: readonly Line[]): D1PreparedStatement[] {
  return jsonPages(lines).map((page) => db.prepare(PUT_LINES).bind(page));
}

/** All that was known of these items is replaced, codes that nobody declared aside: what is equal by now has no row any more. */
export function replaceLines(db: D1Database, run: string, skus: readonly Sku[], lines: readonly Line[]): D1PreparedStatement[] {
  const gone = db
    .prepare(
      "DELETE FROM reconciliation_line WHERE run = ?1 AND sku IN (SELECT value FROM json_each(?2)) AND coalesce(class, '') NOT IN ('item_unknown', 'location_unknown')",
    )
    .bind(run, JSON.stringify(skus));
  return [gone, ...putLines(db, lines)];
}

export interface LinePosition {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly status: StockStatus;
}

/** In order of place, which is how they are stored. */
export async function listLines(
  db: D1Database,
  run: string,
  asked: {
    readonly class?: LineClass | undefined;
    readonly outcome?: LineOutcome | undefined;
    readonly sku?: Sku | undefined;
    readonly after: LinePosition | null;
    readonly limit: number;
  },
): Promise<readonly Line[]> {
  const { after } = asked;
  const behind: SQL | undefined =
    after === null ? undefined : sql`(sku, location, status) > (${after.sku}, ${after.location}, ${after.status})`;
  const table = reconciliationLine;
  return drizzle(db)
    .select()
    .from(table)
    .where(
      and(
        eq(table.run, run),
        asked.class === undefined ? undefined : eq(table.class, asked.class),
        asked.outcome === undefined ? undefined : eq(table.outcome, asked.outcome),
        asked.sku === undefined ? undefined : eq(table.sku, asked.sku),
        behind,
      ),
    )
    .orderBy(asc(table.sku), asc(table.location), asc(table.status))
    .limit(asked.limit);
}

/** All lines of the next items of which something is open: to be looked at again, or found out and to be decided. */
export async function linesOfNext(
  db: D1Database,
  run: string,
  { decided, after, limit }: { readonly decided: boolean; readonly after: string | null; readonly limit: number },
): Promise<ReadonlyMap<Sku, readonly Line[]>> {
  const open = sql`outcome = 'open' AND class IS ${decided ? sql`NOT NULL` : sql`NULL`}`;
  const skus = sql`SELECT DISTINCT sku FROM reconciliation_line WHERE run = ${run} AND ${open} AND sku > ${after ?? ''} ORDER BY sku LIMIT ${limit}`;
  const { run: ofRun, sku, location, status } = reconciliationLine;
  const lines = await drizzle(db)
    .select()
    .from(reconciliationLine)
    .where(and(eq(ofRun, run), sql`sku IN (${skus})`))
    .orderBy(asc(sku), asc(location), asc(status));
  return Map.groupBy(lines, (line) => line.sku);
}

export interface Sum {
  readonly name: string;
  readonly lines: number;
  readonly variance: number;
  readonly absolute: number;
}

export interface LineTotals {
  readonly deferred: number;
  /** Of places that were compared with the ERP. */
  readonly differing: number;
  readonly byClass: readonly Sum[];
  readonly byLocation: readonly Sum[];
  readonly byOutcome: readonly Sum[];
}

export async function totalsOfRun(db: D1Database, run: string): Promise<LineTotals> {
  return (await totalsOfRuns(db, [run])).get(run) ?? NO_LINES;
}

/** Four questions, however many runs; a run without lines is absent. */
export async function totalsOfRuns(db: D1Database, runs: readonly string[]): Promise<ReadonlyMap<string, LineTotals>> {
  const ofRuns = JSON.stringify(runs);
  const ask = async <Row>(query: string): Promise<readonly Row[]> => (await db.prepare(query).bind(ofRuns).all<Row>()).results;
  const [byClass, byLocation, byOutcome, counts] = await Promise.all([
    ask<SumOfRun>(sumsBy('class')),
    ask<SumOfRun>(sumsBy('location')),
    ask<SumOfRun>(sumsBy('outcome')),
    ask<{ run: string; deferred: number; differing: number }>(COUNTS),
  ]);
  const of = (sums: readonly SumOfRun[], id: string): readonly Sum[] =>
    sums.flatMap(({ run, ...sum }) => (run === id ? [sum] : []));
  return new Map(
    counts.map(({ run, deferred, differing }) => [
      run,
      { deferred, differing, byClass: of(byClass, run), byLocation: of(byLocation, run), byOutcome: of(byOutcome, run) },
    ]),
  );
}

type SumOfRun = Sum & { readonly run: string };

export const NO_LINES: LineTotals = { deferred: 0, differing: 0, byClass: [], byLocation: [], byOutcome: [] };

const OF_RUNS = 'run IN (SELECT value FROM json_each(?))';

function sumsBy(column: 'class' | 'location' | 'outcome'): string {
  return `SELECT run, ${column} AS name, count(*) AS lines, coalesce(sum(variance), 0) AS variance, coalesce(sum(abs(variance)), 0) AS absolute
          FROM reconciliation_line WHERE ${OF_RUNS} AND ${column} IS NOT NULL GROUP BY run, ${column} ORDER BY run, ${column}`;
}

const COUNTS = `
  SELECT run, count(*) FILTER (WHERE outcome = 'deferred') AS deferred,
         count(*) FILTER (WHERE outcome <> 'deferred' AND variance <> 0 AND class NOT IN ('item_unknown', 'location_unknown')) AS differing
  FROM reconciliation_line WHERE ${OF_RUNS} GROUP BY run`;

const PUT_LINES = `
  INSERT OR REPLACE INTO reconciliation_line (run, sku, location, status, outcome, class, booked, counted, meaning, variance, holds,
                                              read_at_ms, readings, drift, keys, factor, lost_tail, views, case_id)
  SELECT value->>'run', value->>'sku', value->>'location', value->>'status', value->>'outcome', value->>'class', value->>'booked',
         value->>'counted', value->>'meaning', value->>'variance', value->>'holds', value->>'readAtMs', value->>'readings',
         value->>'drift', value->>'keys', value->>'factor', value->>'lostTail', value->>'views', value->>'caseId'
  FROM json_each(?)`;
