import * as z from 'zod';
import { advanceRun } from '../reconciliation/advance-run.ts';
import type { ReconciliationParts } from '../reconciliation/parts.ts';
import type { JobReport } from './run-job.ts';

/** Queue `reconciliations`: which run is to go on. */
const runMessage = z.object({ run: z.string() });

export interface ReconcileDeps {
  readonly reconciliation: ReconciliationParts;
  /** Sends the message that wakes a run, so much later. */
  readonly wakeRun: (id: string, delayMs: number) => Promise<void>;
}

/** Queue `reconciliations`: some steps of a run, and a message for those that follow. */
export async function reconcile(batch: MessageBatch, { reconciliation, wakeRun }: ReconcileDeps): Promise<JobReport> {
  let report: JobReport = {};
  for (const message of batch.messages) {
    const read = runMessage.safeParse(message.body);
    if (read.success) {
      const done = await advanceRun(read.data.run, reconciliation);
      report = done.report;
      if (done.advanced.outcome === 'goes on') await wakeRun(read.data.run, done.advanced.afterMs);
    }
    message.ack();
  }
  return report;
}
