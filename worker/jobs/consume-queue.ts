import { bookInbound, type BookInboundDeps } from './book-inbound.ts';
import { deliverWebhooks, type DeliverWebhooksDeps } from './deliver-webhooks.ts';
import { postMovements, type PostMovementsDeps } from './post-movements.ts';
import { reconcile, type ReconcileDeps } from './reconcile.ts';
import { pushChannels, type PushChannelsDeps } from './push-channels.ts';
import { projectChanges, type ProjectChangesDeps } from './project-changes.ts';
import { recordDeadLetters } from './record-dead-letters.ts';
import { runImports, type RunImportsDeps } from './run-imports.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

export type ConsumeQueueDeps = PostMovementsDeps &
  ProjectChangesDeps &
  BookInboundDeps &
  ReconcileDeps &
  PushChannelsDeps &
  RunImportsDeps &
  DeliverWebhooksDeps & {
    readonly log: Log;
    /** Brings whoever follows the stream of events, after what may have added to it. */
    readonly toldOfEvents: () => Promise<void>;
  };

/** One Worker consumes all queues: each batch goes to the job of its queue. */
export async function consumeQueue(batch: MessageBatch, deps: ConsumeQueueDeps): Promise<void> {
  const { job, run } = jobOf(batch, deps);
  await runJob(job, deps.log, run);
  if (ADDS_EVENTS.has(batch.queue)) await deps.toldOfEvents();
}

const ADDS_EVENTS: ReadonlySet<string> = new Set(['stock-changes', 'erp-movements', 'inbound-facts', 'reconciliations']);

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
    case 'channel-pushes':
      return { job: 'push-channels', run: () => pushChannels(batch, deps) };
    case 'import-steps':
      return { job: 'run-imports', run: () => runImports(batch, deps) };
    case 'webhook-deliveries':
      return { job: 'deliver-webhooks', run: () => deliverWebhooks(batch, deps) };
    case 'erp-movements-dlq':
    case 'stock-changes-dlq':
    case 'inbound-facts-dlq':
      return { job: 'record-dead-letters', run: () => recordDeadLetters(batch, deps) };
  }
  throw new Error(`no job consumes the queue ${batch.queue}`);
}
