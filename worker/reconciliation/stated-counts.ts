import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { CountMeaning, StockStatus } from '../../domain/stock.ts';
import { jsonPages } from '../read-models/json-pages.ts';

/** The newest that a source counted at one place. */
export interface StatedCount {
  readonly sku: Sku;
  readonly source: SourceId;
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly quantity: number;
  readonly meaning: CountMeaning;
  readonly asOfMs: number;
}

/** One row per place that a source counts, and a write only for what is newer. */
export async function keepCounts(db: D1Database, counts: readonly StatedCount[]): Promise<void> {
  const statements = jsonPages(counts).map((page) => db.prepare(KEEP).bind(page));
  if (statements.length > 0) await db.batch(statements);
}

export async function countsOf(
  db: D1Database,
  sources: readonly string[],
  skus: readonly Sku[],
): Promise<ReadonlyMap<Sku, readonly StatedCount[]>> {
  if (sources.length === 0 || skus.length === 0) return new Map();
  const { results } = await db
    .prepare(
      `SELECT sku, source, location, status, quantity, meaning, as_of_ms AS asOfMs FROM stated_count
       WHERE sku IN (SELECT value FROM json_each(?1)) AND source IN (SELECT value FROM json_each(?2))
       ORDER BY sku, source, location, status`,
    )
    .bind(JSON.stringify(skus), JSON.stringify(sources))
    .all<StatedCount>();
  return Map.groupBy(results, ({ sku }) => sku);
}

export async function skusCountedAfter(
  db: D1Database,
  sources: readonly string[],
  after: string,
  limit: number,
): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT sku FROM stated_count WHERE sku > ?1 AND source IN (SELECT value FROM json_each(?2)) ORDER BY sku LIMIT ?3`,
    )
    .bind(after, JSON.stringify(sources), limit)
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}

const KEEP = `
  INSERT INTO stated_count (sku, source, location, status, quantity, meaning, as_of_ms)
  SELECT value->>'sku', value->>'source', value->>'location', value->>'status', value->>'quantity', value->>'meaning', value->>'asOfMs'
  FROM json_each(?) WHERE true
  ON CONFLICT (sku, source, location, status) DO UPDATE SET
    quantity = excluded.quantity, meaning = excluded.meaning, as_of_ms = excluded.as_of_ms
  WHERE excluded.as_of_ms > stated_count.as_of_ms`;
