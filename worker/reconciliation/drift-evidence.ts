import type { Sku } from '../../domain/ids.ts';
import { type DriftEvidence } from '../../domain/reconciliation.ts';
import { ERP_CALL_MS_MAX } from '../jobs/limits.ts';
import type { ReconciliationParts } from './parts.ts';
import type { Steady } from './read-steadily.ts';

export interface EvidenceOfItem extends DriftEvidence {
  /** How many of the newest postings the ERP lacks, where it has none of them. */
  readonly lostTail: number;
}

/** What may have brought the differences of these items about; of equal ones nothing is asked. */
export async function driftEvidenceOf(
  items: readonly Steady[],
  { db, erp }: Pick<ReconciliationParts, 'db' | 'erp'>,
): Promise<ReadonlyMap<Sku, EvidenceOfItem>> {
  const differing = items.flatMap(({ sku, comparison: { evidence } }) => (evidence === null ? [] : [{ sku, evidence }]));
  const keys = differing.flatMap(({ evidence }) => evidence.posted.map(({ key }) => key));
  const found = await foundIn(erp, keys);
  const factors = await factorsOf(
    db,
    differing.map(({ sku }) => sku),
  );
  return new Map(
    differing.map(({ sku, evidence }) => {
      const lost = new Set(evidence.posted.map(({ key }) => key).filter((key) => !found.has(key)));
      const known = evidence.posted.findIndex(({ key }) => found.has(key));
      const lostTail = known === -1 ? evidence.posted.length : known;
      const isTail = lost.size === lostTail;
      return [sku, { ...evidence, lost, unapplied: [], factors: factors.get(sku) ?? [], lostTail: isTail ? lostTail : 0 }];
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
