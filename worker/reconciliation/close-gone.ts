import { INSERT_EVENT, EVENT_COLUMNS } from '../read-models/events.ts';
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
  return {
    progress: end,
    rows: [
      db
        .prepare(
          `${INSERT_EVENT} SELECT ${EVENT_COLUMNS} FROM (
             SELECT json_object('sku', sku, 'sequence', sequence, 'type', 'case.closed', 'channel', NULL, 'atMs', ?4, 'recordedAtMs', ?4,
                                'data', json_object('case_id', id, 'kind', kind, 'difference', difference)) AS value
             FROM cases WHERE id IN (${gone})) AS e`,
        )
        .bind(run.connection, skus, run.id, endedAtMs),
      db
        .prepare(`UPDATE cases SET state = 'resolved', closed_at_ms = ?4, reason = ?5 WHERE id IN (${gone})`)
        .bind(run.connection, skus, run.id, endedAtMs, DRIFT_GONE),
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
