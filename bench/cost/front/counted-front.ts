// The front as it is deployed, with counters around its bindings and its objects. Only `npm run cost` starts it.
import { waitUntil } from 'cloudflare:workers';
import { CartReservation as PlainCart } from '../../../durable-objects/cart-reservation/cart-reservation.ts';
import { ChannelLane as PlainChannelLane } from '../../../durable-objects/channel-lane/channel-lane.ts';
import { ErpLane as PlainErpLane } from '../../../durable-objects/erp-lane/erp-lane.ts';
import { SkuStock as PlainStock } from '../../../durable-objects/sku-stock/sku-stock.ts';
import { WebhookLane as PlainWebhookLane } from '../../../durable-objects/webhook-lane/webhook-lane.ts';
import { wire } from '../../../worker/wire.ts';
import { countedEnv, operationsOf } from './counted-bindings.ts';
import { countCalls, countStorage } from './counted-state.ts';
import { Tally } from './tally.ts';

// A class of objects that nobody counts yet is there all the same, or the front would not start.
export * from '../../../worker/index.ts';

const tally = new Tally();

export const SkuStock = counted(PlainStock, 'sku-stock');
export const CartReservation = counted(PlainCart, 'cart-reservation');
export const ChannelLane = counted(PlainChannelLane, 'channel-lane');
export const ErpLane = counted(PlainErpLane, 'erp-lane');
export const WebhookLane = counted(PlainWebhookLane, 'webhook-lane');

function counted<Bindings>(Plain: new (ctx: DurableObjectState, env: Bindings) => object, object: string): typeof Plain {
  const Counted = class extends Plain {
    constructor(ctx: DurableObjectState, env: Bindings) {
      super(countStorage(ctx, object, tally), countedEnv(env, tally));
    }
  };
  countCalls(Counted, object, tally);
  return Counted;
}

const say = console.log.bind(console);
console.log = (...words: unknown[]): void => {
  tally.add('log line', 'all');
  say(...words);
};

/** What one isolate remembers hangs on its wiring, so another wiring is another isolate of the same data centre. */
const isolates = new Map<string, ReturnType<typeof wire>>();

function isolate(env: Env, name: string): ReturnType<typeof wire> {
  const kept = isolates.get(name) ?? wire(countedEnv(env, tally), waitUntil);
  isolates.set(name, kept);
  return kept;
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/cost/counts') return Response.json(tally.counts());
    if (pathname === '/cost/age') return aged(env);
    tally.add('request', 'http');
    return isolate(env, request.headers.get('x-cost-isolate') ?? '').app.fetch(request, env, context);
  },
  queue(batch: MessageBatch, env: Env): Promise<void> {
    tally.add('request', `queue ${batch.queue}`);
    for (const { body } of batch.messages) tally.add('queue operation', `${batch.queue} read`, operationsOf(body));
    return isolate(env, '').queue(batch);
  },
  scheduled(_: ScheduledController, env: Env): Promise<void> {
    tally.add('request', 'cron');
    return isolate(env, '').scheduled();
  },
} satisfies ExportedHandler<Env>;

/** As if the tables had turned long ago, so that the next ring of the cron lets go of what is past by then. */
async function aged(env: Env): Promise<Response> {
  await env.DB.prepare('UPDATE turned SET at_ms = 0').run();
  return new Response(null, { status: 204 });
}
