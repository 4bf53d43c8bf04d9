import { ANSWERS_KEPT_DAYS } from '../replay/limits.ts';
import type { JobReport } from './run-job.ts';

const DAY_MS = 86_400_000;

/** Forgets what operators were answered under keys that nobody uses again (R8). */
export async function trimOldAnswers({
  db,
  nowMs,
}: {
  readonly db: D1Database;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  const { meta } = await db
    .prepare('DELETE FROM answered_request WHERE asked_at_ms < ?')
    .bind(nowMs() - ANSWERS_KEPT_DAYS * DAY_MS)
    .run();
  return { trimmed: meta.changes };
}
