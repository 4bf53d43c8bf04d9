import { bookInbound, type BookInboundDeps } from './book-inbound.ts';
import { postMovements, type PostMovementsDeps } from './post-movements.ts';
import { reconcile, type ReconcileDeps } from './reconcile.ts';
import { projectChanges, type ProjectChangesDeps } from './project-changes.ts';
import { recordDeadLetters } from './record-dead-letters.ts';
import { runImports, type RunImportsDeps } from './run-imports.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

export type ConsumeQueueDeps = PostMovementsDeps &
  ProjectChangesDeps &
  BookInboundDeps &
  ReconcileDeps &
  RunImportsDeps & { readonly log: Log };

/** One Worker consumes all queues: each batch goes to the job of its queue. */
export async function consumeQueue(batch: MessageBatch, deps: ConsumeQueueDeps): Promise<void> {
  const { job, run } = jobOf(batch, deps);
  await runJob(job, deps.log, run);
}

function jobOf(batch: MessageBatch, deps: ConsumeQueueDeps): { readonly job: string; readonly run: () => Promise<JobReport> } {
  switch (batch.queue) {
    case 'erp-movements':
      return { job: 'post-movements', run: () => postMovements(batch, deps) };
    case 'stock-changes':
      return { job: 'project-changes', run: () => projectChanges(batch, deps) };
    case 'inbound-facts':
      return { job: 'book-inbound', run: () => bookInbound(batch, deps) };
    case 'reconciliations':
      return { job: 'reconcile', run: () => reconcile(batch, deps) };
    case 'import-steps':
      return { job: 'run-imports', run: () => runImports(batch, deps) };
    case 'erp-movements-dlq':
    case 'stock-changes-dlq':
    case 'inbound-facts-dlq':
      return { job: 'record-dead-letters', run: () => recordDeadLetters(batch, deps) };
  }
  throw new Error(`no job consumes the queue ${batch.queue}`);
}
