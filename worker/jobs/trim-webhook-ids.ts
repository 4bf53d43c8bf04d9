import { trimWebhookIds } from '../inbound/webhook-ids.ts';
import { WEBHOOK_IDS_TRIMMED_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

/** Forgets ids that no sender repeats by now. */
export async function trimOldWebhookIds({
  db,
  nowMs,
}: {
  readonly db: D1Database;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  return { trimmed: await trimWebhookIds(db, nowMs(), WEBHOOK_IDS_TRIMMED_MAX) };
}
