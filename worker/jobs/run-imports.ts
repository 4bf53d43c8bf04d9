import { importMessage } from '../../contracts/inbound-messages.ts';
import type { SourceId } from '../../domain/ids.ts';
import { ErpUnavailable } from '../../erp/port.ts';
import type { ImportRun, ImportStore } from '../imports/import-store.ts';
import { loadErpPage, type LoadErpDeps } from '../imports/load-erp.ts';
import { rowsOf, type FactFileRun, type NextRound, type ReadRowsDeps } from '../imports/read-rows.ts';
import { aliasRounds, type AliasRun } from '../listings/import-aliases.ts';
import type { Principal } from '../middleware/principal.ts';
import { IMPORT_STALLED_MS, IMPORT_STEP_MS_MAX, IMPORTS_SWEPT_MAX, RETRY_MESSAGE_SECONDS } from './limits.ts';
import type { JobReport } from './run-job.ts';

export interface RunImportsDeps extends ReadRowsDeps, LoadErpDeps {
  readonly imports: ImportStore;
  /** What whoever began it may state. */
  readonly speakerOf: (actor: string, source: SourceId) => Promise<Principal>;
  readonly sendStep: (id: string) => Promise<void>;
  /** Lets others in between two rounds. */
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Queue `import-steps`: round after round, each written down before the next, until the time of one message is over; then
 * the next message goes on. Whoever dies, or is doubled, costs a round that changes nothing the second time.
 */
export async function runImports(batch: MessageBatch, deps: RunImportsDeps): Promise<JobReport> {
  const report = { rounds: 0, rows: 0, trouble: null as string | null };
  for (const message of batch.messages) {
    const read = importMessage.safeParse(message.body);
    if (!read.success) {
      message.ack();
      continue;
    }
    const { import: id } = read.data;
    try {
      await goOn(id, report, deps);
      message.ack();
    } catch (error) {
      report.trouble = error instanceof Error ? error.message : String(error);
      await deps.imports.noteTrouble(id, `not yet: ${report.trouble}`).catch(() => undefined);
      const retryAfterMs = error instanceof ErpUnavailable ? error.retryAfterMs : null;
      message.retry({
        delaySeconds: Math.ceil(Math.min(retryAfterMs ?? RETRY_MESSAGE_SECONDS * 1_000, IMPORT_STALLED_MS) / 1_000),
      });
    }
  }
  return report;
}

async function goOn(id: string, report: { rounds: number; rows: number }, deps: RunImportsDeps): Promise<void> {
  const { imports, nowMs, sendStep, wait } = deps;
  let run = await imports.find(id);
  if (run === null || !isUnfinished(run)) return;
  const round = await roundsOf(run, deps);
  const endsAtMs = nowMs() + IMPORT_STEP_MS_MAX;
  while (run !== null && isUnfinished(run)) {
    if (nowMs() >= endsAtMs) return sendStep(id);
    const done = await round(run);
    // null: somebody else goes on with it.
    run = await imports.advance(run, done);
    report.rounds += 1;
    report.rows += done.rows.length;
    // Where our databases and objects are in this very process, as in `npm start`, nothing else would be heard until the step is over.
    await wait(0);
  }
}

async function roundsOf(run: ImportRun, deps: RunImportsDeps): Promise<NextRound> {
  if (run.kind === 'erp') return (at) => loadErpPage(at, deps);
  if (isOfAliases(run)) return aliasRounds(run, deps);
  if (!isOfFacts(run)) throw new Error(`nobody knows what an import of ${run.kind} is`);
  return rowsOf(run, await deps.speakerOf(run.actor, run.source), deps);
}

function isOfFacts(run: ImportRun): run is FactFileRun {
  return run.kind !== 'erp' && run.kind !== 'aliases';
}

function isOfAliases(run: ImportRun): run is AliasRun {
  return run.kind === 'aliases';
}

function isUnfinished({ state }: ImportRun): boolean {
  return state === 'queued' || state === 'running';
}

/** Scheduled: an import whose message was lost, or given up, gets another. */
export async function wakeImports({
  imports,
  sendStep,
  nowMs,
}: Pick<RunImportsDeps, 'imports' | 'sendStep' | 'nowMs'>): Promise<JobReport> {
  const stalled = await imports.stalled(nowMs() - IMPORT_STALLED_MS, IMPORTS_SWEPT_MAX);
  for (const id of stalled) await sendStep(id);
  return { woken: stalled.length };
}
