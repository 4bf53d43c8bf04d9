import { ErpUnavailable } from '../../erp/port.ts';
import type { JobReport } from '../jobs/run-job.ts';
import { lookForAbsent } from './absent.ts';
import { closeGone } from './close-gone.ts';
import { checkAgain } from './check-again.ts';
import { decideDrifts } from './decide-drifts.ts';
import { RUN_LEASE_MS, RUN_RETRY_MS, RUN_WORK_MS_MAX } from './limits.ts';
import type { ReconciliationParts } from './parts.ts';
import { readPage } from './read-page.ts';
import { endLease, leaseRun, saveStep, type Progress, type Run } from './runs.ts';
import { readViews } from './views.ts';

/** What one step found: it is stored together with how far the run got. */
export interface Step {
  readonly progress: Progress;
  readonly rows: readonly D1PreparedStatement[];
}

/** The step cannot be taken yet. */
export interface Pause {
  readonly waitMs: number;
  readonly why: string;
}

export type Advanced =
  | { readonly outcome: 'ended' | 'not mine' }
  /** To be called again, then. */
  | { readonly outcome: 'goes on'; readonly afterMs: number };

/**
 * Takes steps of one run as long as there is time. Each is stored whole or not at all, and does no harm when it is taken
 * again; so a run may die anywhere, and whoever calls this next goes on with it.
 */
export async function advanceRun(
  id: string,
  parts: ReconciliationParts,
): Promise<{ readonly advanced: Advanced; readonly report: JobReport }> {
  const startedAtMs = parts.nowMs();
  const leased = await leaseRun(parts.db, id, startedAtMs, startedAtMs + RUN_LEASE_MS);
  if (leased === null) return { advanced: { outcome: 'not mine' }, report: { run: id, steps: 0 } };

  let run = leased;
  const report = (why: string | null): JobReport => {
    return { run: id, steps: run.step - leased.step, phase: run.phase, state: run.state, why };
  };
  try {
    while (parts.nowMs() < startedAtMs + RUN_WORK_MS_MAX) {
      const step = await stepOf(run, parts);
      if ('waitMs' in step) {
        await endLease(parts.db, run, { why: step.why, againAtMs: parts.nowMs() + step.waitMs });
        return { advanced: { outcome: 'goes on', afterMs: step.waitMs }, report: report(step.why) };
      }
      const next = await saveStep(parts.db, run, step.progress, step.rows, parts.nowMs());
      if (next === null) return { advanced: { outcome: 'not mine' }, report: report('somebody else works at it') };
      run = next;
      if (run.endedAtMs !== null) return { advanced: { outcome: 'ended' }, report: report(null) };
    }
    await endLease(parts.db, run, { why: null, againAtMs: parts.nowMs() });
    return { advanced: { outcome: 'goes on', afterMs: 0 }, report: report('more to do') };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const afterMs = error instanceof ErpUnavailable ? (error.retryAfterMs ?? RUN_RETRY_MS) : RUN_RETRY_MS;
    await endLease(parts.db, run, { why, againAtMs: parts.nowMs() + afterMs });
    if (!(error instanceof ErpUnavailable)) throw error;
    return { advanced: { outcome: 'goes on', afterMs }, report: report(why) };
  }
}

function stepOf(run: Run, parts: ReconciliationParts): Promise<Step | Pause> {
  switch (run.phase) {
    case 'reading':
      return readPage(run, parts);
    case 'absent':
      return lookForAbsent(run, parts);
    case 'views':
      return readViews(run, parts);
    case 'checking':
      return checkAgain(run, parts);
    case 'deciding':
      return decideDrifts(run, parts);
    case 'closing':
      return closeGone(run, parts);
  }
}
