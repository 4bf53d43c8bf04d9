import * as z from 'zod';
import type { JobReport } from './run-job.ts';

/** Queue `webhook-deliveries`: who is to be told. */
const deliveryMessage = z.object({ webhook: z.string() });
export type DeliveryMessage = z.output<typeof deliveryMessage>;

export interface DeliverWebhooksDeps {
  /** Begins a delivery and does not wait for its end. */
  readonly beginDelivery: (webhook: string) => Promise<void>;
}

/**
 * Queue `webhook-deliveries`. A message only wakes. Each delivery goes on by itself, so an endpoint that never answers keeps nobody
 * waiting, also where a runtime takes one batch after the other.
 */
export async function deliverWebhooks(batch: MessageBatch, { beginDelivery }: DeliverWebhooksDeps): Promise<JobReport> {
  const read = batch.messages.map(({ body }) => deliveryMessage.safeParse(body));
  const ids = new Set(read.flatMap(({ data }) => data?.webhook ?? []));
  await Promise.all([...ids].map(beginDelivery));
  batch.ackAll();
  return { webhooks: ids.size };
}
