import type { Sku } from '../../domain/ids.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { postMovements, type PostMovementsDeps } from './post-movements.ts';
import { projectChanges } from './project-changes.ts';
import { recordDeadLetters } from './record-dead-letters.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

export interface ConsumeQueueDeps extends PostMovementsDeps {
  readonly stockOf: (sku: Sku) => SkuStockStub;
  readonly log: Log;
}

/** Which job a queue's messages are for. */
export function consumeQueue(batch: MessageBatch, deps: ConsumeQueueDeps): Promise<void> {
  return runJob(batch.queue, deps.log, () => jobOf(batch, deps));
}

function jobOf(batch: MessageBatch, deps: ConsumeQueueDeps): Promise<JobReport> {
  switch (batch.queue) {
    case 'erp-movements':
      return postMovements(batch, deps);
    case 'stock-changes':
      return projectChanges(batch, deps);
    case 'erp-movements-dlq':
    case 'stock-changes-dlq':
      return recordDeadLetters(batch, deps);
    default:
      throw new Error(`nobody consumes the queue ${batch.queue}`);
  }
}
