import * as z from 'zod';
import type { KeepAlive } from '../cache/singleflight.ts';
import { deliver, type DeliverDeps } from '../webhooks/deliver.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

/** Queue `webhook-deliveries`: who is to be told. */
const deliveryMessage = z.object({ webhook: z.string() });
export type DeliveryMessage = z.output<typeof deliveryMessage>;

export interface DeliverWebhooksDeps extends DeliverDeps {
  readonly keepAlive: KeepAlive;
  readonly log: Log;
}

/**
 * Queue `webhook-deliveries`. A message only wakes, so it is acknowledged at once, and each delivery goes on behind the batch: an
 * endpoint that never answers keeps nobody waiting but itself, also where a runtime takes one batch after the other.
 */
export async function deliverWebhooks(batch: MessageBatch, deps: DeliverWebhooksDeps): Promise<JobReport> {
  const ids = new Set<string>();
  for (const message of batch.messages) {
    const read = deliveryMessage.safeParse(message.body);
    if (read.success) ids.add(read.data.webhook);
    message.ack();
  }
  // Whoever fails has said so in the log, and is brought back by the clock.
  for (const id of ids) deps.keepAlive(runJob('deliver-webhook', deps.log, () => deliver(id, deps)).catch(() => undefined));
  return { webhooks: ids.size };
}
