import { closeNamed } from '../read-models/cases.ts';
import type { Step } from './advance-run.ts';
import { DRIFT_GONE } from './drift-cases.ts';
import type { ReconciliationParts } from './parts.ts';
import type { Run } from './runs.ts';

/** Cases whose difference no reading of this run found again are closed, and the run ends. */
export async function closeGone(run: Run, { db, nowMs }: ReconciliationParts): Promise<Step> {
  const endedAtMs = nowMs();
  const end = { state: 'done', endedAtMs } as const;
  if (!run.against.includes(run.connection)) return { progress: end, rows: [] };
  const skus = run.skus === null ? null : JSON.stringify(run.skus);
  const gone = `
    SELECT cases.id FROM cases JOIN drift_case ON drift_case.case_id = cases.id
    WHERE cases.state = 'open' AND drift_case.connection = ?1
      AND (?2 IS NULL OR drift_case.sku IN (SELECT value FROM json_each(?2)))
      AND NOT EXISTS (SELECT 1 FROM reconciliation_line AS line WHERE line.run = ?3 AND line.sku = drift_case.sku
                      AND (line.case_id = cases.id OR line.outcome IN ('open', 'deferred', 'held')))`;
  const { tell, close } = closeNamed(gone, '?4');
  return {
    progress: end,
    rows: [
      db.prepare(tell).bind(run.connection, skus, run.id, endedAtMs),
      db.prepare(close('?5')).bind(run.connection, skus, run.id, endedAtMs, DRIFT_GONE),
      ...(run.markMax === null
        ? []
        : [
            db
              .prepare(
                `INSERT INTO erp_watch (connection, mark_max) VALUES (?1, ?2)
                 ON CONFLICT (connection) DO UPDATE SET mark_max = max(mark_max, excluded.mark_max)`,
              )
              .bind(run.connection, run.markMax),
          ]),
    ],
  };
}
