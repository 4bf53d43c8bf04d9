import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { inParallel } from '../in-parallel.ts';
import type { Pause, Step } from './advance-run.ts';
import { candidatesOf, unheardOf } from './candidates.ts';
import { ABSENT_PER_STEP } from './limits.ts';
import { putLines } from './lines.ts';
import type { ReconciliationParts } from './parts.ts';
import { FEED_BEHIND } from './read-page.ts';
import { readSteadily } from './read-steadily.ts';
import type { Run } from './runs.ts';

/** Items of ours that no page of the ERP's listed: those that have or owe nothing here are equal. */
export async function lookForAbsent(run: Run, parts: ReconciliationParts): Promise<Step | Pause> {
  const { db } = parts;
  const skus = await unlistedAfter(db, run);
  const held = await withUnits(skus, parts);
  const steady = held.length === 0 ? { items: [], unheard: [] } : await readSteadily(held, parts);
  if (steady === null) return FEED_BEHIND;
  const done = skus.length < ABSENT_PER_STEP;
  return {
    progress: {
      phase: done ? 'views' : 'absent',
      cursor: done ? null : (skus.at(-1) ?? null),
      items: run.items + skus.length,
      places: run.places + steady.items.reduce((total, { readings }) => total + readings.length, 0),
    },
    rows: [
      ...putLines(db, [
        ...steady.items.flatMap((one) => candidatesOf(run.id, one)),
        ...unheardOf(run.id, steady.unheard, parts.nowMs()),
      ]),
      ...(done ? [db.prepare('DELETE FROM reconciliation_page WHERE run = ?').bind(run.id)] : []),
    ],
  };
}

/** What has nothing and owes nothing is equal to what nobody lists, and the ERP need not be asked for it. */
async function withUnits(skus: readonly Sku[], { stockOf }: ReconciliationParts): Promise<readonly Sku[]> {
  const looked = await inParallel(skus, OBJECTS_AT_ONCE_MAX, async (sku) =>
    stockOf(sku).compare({ readings: [], explainedBy: null }),
  );
  return skus.filter((_, index) => {
    const one = looked[index];
    return one?.status !== 'fulfilled' || (one.value?.unread.length ?? 0) > 0;
  });
}

async function unlistedAfter(db: D1Database, { id, cursor }: Run): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare(
      `SELECT sku FROM item
       WHERE sku > ?2 AND NOT EXISTS (SELECT 1 FROM component WHERE kit = item.sku)
         AND sku NOT IN (SELECT e.value FROM reconciliation_page AS p, json_each(p.skus) AS e WHERE p.run = ?1)
       ORDER BY sku LIMIT ?3`,
    )
    .bind(id, cursor ?? '', ABSENT_PER_STEP)
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}
