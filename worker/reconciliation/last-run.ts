import type { SourceId } from '../../domain/ids.ts';

/** What the newest run over all items came to. */
export interface LastRun {
  readonly endedAtMs: number;
  /** Units apart, whichever way, by class. */
  readonly units: readonly { readonly name: string; readonly count: number }[];
}

/** null: none has ended yet. */
export async function lastRunOf(db: D1Database, connection: SourceId): Promise<LastRun | null> {
  const run = await db
    .prepare(
      `SELECT id, ended_at_ms AS endedAtMs FROM reconciliation
       WHERE state = 'done' AND skus IS NULL AND connection = ? ORDER BY created_at_ms DESC LIMIT 1`,
    )
    .bind(connection)
    .first<{ id: string; endedAtMs: number }>();
  if (run === null) return null;
  const { results } = await db
    .prepare(
      `SELECT class AS name, sum(abs(variance)) AS count FROM reconciliation_line
       WHERE run = ? AND class IS NOT NULL AND variance IS NOT NULL GROUP BY class ORDER BY class`,
    )
    .bind(run.id)
    .all<{ name: string; count: number }>();
  return { endedAtMs: run.endedAtMs, units: results };
}
