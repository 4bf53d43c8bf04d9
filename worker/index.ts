import { env, exports, waitUntil, WorkerEntrypoint } from 'cloudflare:workers';
import type { ChannelId } from '../domain/ids.ts';
import { wire } from './wire.ts';

export { CartReservation } from '../durable-objects/cart-reservation/cart-reservation.ts';
export { ChannelLane } from '../durable-objects/channel-lane/channel-lane.ts';
export { ErpLane } from '../durable-objects/erp-lane/erp-lane.ts';
export { SkuStock } from '../durable-objects/sku-stock/sku-stock.ts';
export { WebhookLane } from '../durable-objects/webhook-lane/webhook-lane.ts';

const deliverApart = async (webhook: string): Promise<void> => exports.WebhookDelivery.start(webhook);
const tellApart = async (channel: ChannelId): Promise<void> => exports.ChannelTelling.start(channel);
// Where a request's promise is resolved by another, it must go on within itself. The runtime sees to that, but not below vitest.
const sharesCalls = Cloudflare.compatibilityFlags['handle_cross_request_promise_resolution'] === true;
const { app, queue, scheduled, deliverWebhook, tellOne } = wire(env, waitUntil, { deliverApart, tellApart, sharesCalls });

/** One webhook's delivery, in an invocation of its own: a batch of a queue would wait for what it leaves running. */
export class WebhookDelivery extends WorkerEntrypoint<Env> {
  start(webhook: string): void {
    this.ctx.waitUntil(deliverWebhook(webhook));
  }
}

/** The same for a channel, whose vendor may be as slow. */
export class ChannelTelling extends WorkerEntrypoint<Env> {
  start(channel: ChannelId): void {
    this.ctx.waitUntil(tellOne(channel));
  }
}

export default { fetch: app.fetch, queue, scheduled } satisfies ExportedHandler<Env>;
