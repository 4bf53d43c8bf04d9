import { EVENTS_KEPT_DAYS } from '../../contracts/limits.ts';
import { turnEvents } from '../read-models/event-tables.ts';
import type { JobReport } from './run-job.ts';

const DAY_MS = 86_400_000;

/** Lets go of events once they are older than readers were told that they are kept, a table of them at a time. */
export async function trimOldEvents({
  db,
  nowMs,
}: {
  readonly db: D1Database;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  return { turned: await turnEvents(db, nowMs() - EVENTS_KEPT_DAYS * DAY_MS) };
}
