import { env, waitUntil } from 'cloudflare:workers';
import { wire } from './wire.ts';

export { CartReservation } from '../durable-objects/cart-reservation/cart-reservation.ts';
export { ChannelLane } from '../durable-objects/channel-lane/channel-lane.ts';
export { ErpLane } from '../durable-objects/erp-lane/erp-lane.ts';
export { SkuStock } from '../durable-objects/sku-stock/sku-stock.ts';
export { WebhookLane } from '../durable-objects/webhook-lane/webhook-lane.ts';

const { app, queue, scheduled } = wire(env, waitUntil);

export default { fetch: app.fetch, queue, scheduled } satisfies ExportedHandler<Env>;
