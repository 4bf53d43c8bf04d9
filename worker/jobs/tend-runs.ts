import { traceOf } from '../middleware/trace.ts';
import {
  DAILY_WINDOW_MS,
  RUNS_KEPT_DAYS,
  RUNS_TRIMMED_MAX,
  RUN_SILENT_MS_MAX,
  RUN_STANDS_MS_MAX,
} from '../reconciliation/limits.ts';
import { beganByClock, beginRun, giveUpRuns, runsUnderWay, trimRuns } from '../reconciliation/runs.ts';
import type { ReconcileDeps } from './reconcile.ts';
import type { JobReport } from './run-job.ts';

export type TendRunsDeps = ReconcileDeps;

const DAY_MS = 86_400_000;

/** Scheduled: begins the daily run, wakes one whose message was lost, gives up one that stands still, and forgets old ones. */
export async function tendRuns({ reconciliation, wakeRun }: TendRunsDeps): Promise<JobReport> {
  const { db, connection, settings, nowMs } = reconciliation;
  const now = nowMs();
  await giveUpRuns(db, connection, now - RUN_STANDS_MS_MAX, now);
  const underWay = await runsUnderWay(db, connection);
  const silent = underWay.filter((run) => Math.max(run.advancedAtMs, run.leaseUntilMs) < now - RUN_SILENT_MS_MAX);
  for (const { id } of silent) await wakeRun(id, 0);

  const dueMs = settings.dailyAtMinutes === null ? null : Math.floor(now / DAY_MS) * DAY_MS + settings.dailyAtMinutes * 60_000;
  const isDue = dueMs !== null && now >= dueMs && now < dueMs + DAILY_WINDOW_MS;
  const begins = isDue && underWay.length === 0 && !(await beganByClock(db, connection, dueMs));
  if (begins) {
    const { traceId } = traceOf(undefined);
    const run = { id: crypto.randomUUID(), connection, skus: null, against: [connection], askedBy: null, correlationId: traceId };
    if ((await beginRun(db, run, now, null)) === null) await wakeRun(run.id, 0);
  }
  const trimmed = await trimRuns(db, now - RUNS_KEPT_DAYS * DAY_MS, RUNS_TRIMMED_MAX);
  return { woken: silent.length, begun: begins, trimmed };
}
