import type { Sku, SourceId } from '../../domain/ids.ts';
import type { PostingLine } from '../../domain/posting.ts';
import type { DriftEvidence } from '../../domain/reconciliation.ts';
import { placeKey } from '../../domain/stock.ts';
import type { Reading } from '../../domain/variance.ts';
import { erpNamesOf } from '../jobs/erp-names.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import { KEPT_LOOKED_AT_MAX } from './limits.ts';
import type { ReconciliationParts } from './parts.ts';
import type { Steady } from './read-steadily.ts';

export interface EvidenceOfItem extends DriftEvidence {
  /** How many of the newest postings the ERP lacks, where it has none of them. */
  readonly lostTail: number;
}

/** What may have brought the differences of these items about; of equal ones nothing is asked. */
export async function driftEvidenceOf(
  items: readonly Steady[],
  { db, erp, connection }: Pick<ReconciliationParts, 'db' | 'erp' | 'connection'>,
): Promise<ReadonlyMap<Sku, EvidenceOfItem>> {
  const differing = items.flatMap(({ sku, comparison: { evidence } }) => (evidence === null ? [] : [{ sku, evidence }]));
  const keys = differing.flatMap(({ evidence }) => evidence.posted.map(({ key }) => key));
  const found = await foundIn(erp, keys);
  const skus = differing.map(({ sku }) => sku);
  const [factors, kept] = await Promise.all([factorsOf(db, skus), keptOf(db, connection, skus)]);
  return new Map(
    differing.map(({ sku, evidence }) => {
      const lost = new Set(evidence.posted.map(({ key }) => key).filter((key) => !found.has(key)));
      const known = evidence.posted.findIndex(({ key }) => found.has(key));
      const lostTail = known === -1 ? evidence.posted.length : known;
      const isTail = lost.size === lostTail;
      return [
        sku,
        { ...evidence, lost, unapplied: kept.get(sku) ?? [], factors: factors.get(sku) ?? [], lostTail: isTail ? lostTail : 0 },
      ];
    }),
  );
}

async function foundIn(erp: ReconciliationParts['erp'], keys: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < keys.length; from += erp.batchMax) {
    const asked = keys.slice(from, from + erp.batchMax);
    for (const key of (await erp.find(asked, AbortSignal.timeout(ERP_CALL_MS_MAX))).keys()) found.add(key);
  }
  return found;
}

async function factorsOf(db: D1Database, skus: readonly Sku[]): Promise<ReadonlyMap<Sku, readonly number[]>> {
  if (skus.length === 0) return new Map();
  const { results } = await db
    .prepare(
      `SELECT item.sku, json_group_array(unit.value->>'factor') AS factors FROM item, json_each(item.units) AS unit
       WHERE item.sku IN (SELECT value FROM json_each(?)) GROUP BY item.sku`,
    )
    .bind(JSON.stringify(skus))
    .all<{ sku: Sku; factors: string }>();
  return new Map(results.map(({ sku, factors }) => [sku, JSON.parse(factors) as readonly number[]]));
}

/** What the feed told of these items and nobody could book here yet, under our names as far as there are any. */
export async function keptOf(
  db: D1Database,
  connection: SourceId,
  skus: readonly Sku[],
): Promise<ReadonlyMap<Sku, DriftEvidence['unapplied']>> {
  if (skus.length === 0) return new Map();
  const { results } = await db
    .prepare(
      `WITH code AS (
         SELECT value AS sku, value AS code FROM json_each(?1)
         UNION ALL
         SELECT target, external_id FROM alias WHERE kind = 'item' AND system = ?2 AND target IN (SELECT value FROM json_each(?1))
       )
       SELECT code.sku, key, body->>'lines' AS lines FROM kept_change JOIN code ON code.code = body->>'sku'
       WHERE source = ?2 LIMIT ?3`,
    )
    .bind(JSON.stringify(skus), connection, KEPT_LOOKED_AT_MAX)
    .all<{ sku: Sku; key: string; lines: string }>();
  const told = results.map(({ sku, key, lines }) => ({ sku, key, lines: JSON.parse(lines) as readonly PostingLine[] }));
  const locations = [...new Set(told.flatMap(({ lines }) => lines.map(({ location }) => location)))];
  const names = told.length === 0 ? null : await erpNamesOf(db, connection, { skus: [], locations });
  const named = told.map(({ lines, ...one }) => ({
    ...one,
    lines: lines.flatMap((line) => {
      const location = names?.locations.get(line.location);
      return location === undefined ? [] : [{ ...line, location }];
    }),
  }));
  return Map.groupBy(named, ({ sku }) => sku);
}

/**
 * A number without a mark cannot say later that it held this already: a booking that waits here for a code would be booked on top
 * of whatever is booked now, so first that has to be booked itself.
 */
export function waitsForCode({ holds, ...place }: Reading, unapplied: DriftEvidence['unapplied']): boolean {
  const at = placeKey(place);
  return 'standing' in holds && unapplied.some(({ lines }) => lines.some((line) => placeKey(line) === at));
}
