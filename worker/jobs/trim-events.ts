import { EVENTS_KEPT_DAYS } from '../../contracts/limits.ts';
import { trimEvents } from '../read-models/event-pages.ts';
import { EVENTS_TRIMMED_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

const DAY_MS = 86_400_000;

/** Lets go of what is older than readers were told that it is kept. */
export async function trimOldEvents({
  db,
  nowMs,
}: {
  readonly db: D1Database;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  return { trimmed: await trimEvents(db, nowMs() - EVENTS_KEPT_DAYS * DAY_MS, EVENTS_TRIMMED_MAX) };
}
