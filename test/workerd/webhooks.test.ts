import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WebhookLaneStub } from '../../durable-objects/webhook-lane/protocol.ts';
import { auditLogIn } from '../../worker/audit/audit-log.ts';
import { sealWith } from '../../worker/inbound/seal.ts';
import { deliverWebhooks } from '../../worker/jobs/deliver-webhooks.ts';
import { newsForWebhooks, wakeWebhooks } from '../../worker/jobs/wake-webhooks.ts';
import { outboundWith } from '../../worker/outbound/outbound.ts';
import { deliver as deliverTo, type DeliverDeps } from '../../worker/webhooks/deliver.ts';
import { webhooksIn } from '../../worker/webhooks/webhooks.ts';
import { lookUpNames } from '../dangerous-urls.ts';
import { deliver } from './pipeline.ts';

const db = env.DB;
const BY = { keyId: 'admin', correlationId: 'c' };
interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
}
let received: Received[];
let woken: string[];
let running: Promise<unknown>[];
let answer: (url: string) => Promise<Response>;
let deps: DeliverDeps & { readonly beginDelivery: (id: string) => Promise<void> };
const nowMs = (): number => Date.now();
const webhooks = webhooksIn(drizzle(db), sealWith('salt'), auditLogIn(drizzle(db), nowMs), nowMs);

beforeEach(() => {
  received = [];
  woken = [];
  running = [];
  answer = async () => new Response(null, { status: 204 });
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    received.push({ url, headers: new Headers(init.headers), text: typeof init.body === 'string' ? init.body : '' });
    return answer(url);
  };
  deps = {
    db,
    webhooks,
    webhookLaneOf: (id) => env.WEBHOOK_LANES.getByName(id) as unknown as WebhookLaneStub,
    outbound: outboundWith({ allowed: [], lookUp: lookUpNames, send: send as typeof fetch }),
    wakeWebhook: async (id) => void woken.push(id),
    beginDelivery: async (id) => void running.push(deliverTo(id, deps)),
    nowMs,
  };
});
afterEach(() => reset());

async function register(path: string): Promise<{ readonly id: string; readonly secret: string }> {
  const made = await webhooks.create({ url: `https://hooks.shop.com/${path}`, types: null, channel: null }, null, BY);
  if (!('row' in made) || made.secret === null) throw new Error('it is new');
  return { id: made.row.id, secret: made.secret };
}

async function happen(times: number): Promise<void> {
  const insert = db.prepare(
    "INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data) VALUES ('TEA', 1, 'reservation.expired', 'web', 1, ?, json_object('reservation_id', 'r', 'channel', 'web'))",
  );
  await db.batch(Array.from({ length: times }, () => insert.bind(Date.now())));
}

test('[R77] in the real runtime events leave the database signed, as a receiver checks them, and are told once', async () => {
  const { id, secret } = await register('in');
  await happen(3);
  const first = await deliver('webhook-deliveries', [{ webhook: id }, { nonsense: true }], (batch) =>
    deliverWebhooks(batch, deps),
  );
  expect(first.acked).toEqual(['m1', 'm2']);
  await Promise.all(running);
  const bodies = received.map(({ text, headers }) => new Webhook(secret).verify(text, Object.fromEntries(headers)));
  expect(bodies).toMatchObject(Array.from({ length: 3 }, () => ({ type: 'reservation.expired', sku: 'TEA' })));
  await deliver('webhook-deliveries', [{ webhook: id }], (batch) => deliverWebhooks(batch, deps));
  await Promise.all(running);
  expect(received).toHaveLength(3);
});

test('[R79] [F50] an endpoint that never answers keeps neither its batch nor anybody else waiting', async () => {
  const [silent, quick] = [await register('silent'), await register('quick')];
  await happen(5);
  const never = Promise.withResolvers<Response>();
  answer = (url) => (url.endsWith('silent') ? never.promise : Promise.resolve(new Response(null, { status: 204 })));
  for (const { id } of [silent, quick]) {
    await deliver('webhook-deliveries', [{ webhook: id }], (batch) => deliverWebhooks(batch, deps));
  }
  await running[1];
  expect(received.filter(({ url }) => url.endsWith('quick'))).toHaveLength(5);
  expect(received.filter(({ url }) => url.endsWith('silent'))).toHaveLength(1);
  await happen(2);
  await deliver('webhook-deliveries', [{ webhook: quick.id }], (batch) => deliverWebhooks(batch, deps));
  await running[2];
  expect(received.filter(({ url }) => url.endsWith('quick'))).toHaveLength(7);
  never.resolve(new Response(null, { status: 500 }));
  await Promise.all(running);
});

test('[R77] the clock wakes every webhook that is on, and news do so at once', async () => {
  const [on, off] = [await register('on'), await register('off')];
  await webhooks.disable(off.id, BY);
  await wakeWebhooks(deps);
  expect(woken).toEqual([on.id]);
  await newsForWebhooks(deps)();
  expect(woken).toEqual([on.id, on.id]);
});

test('[R77] whoever brings news does not fail because nobody can be woken', async () => {
  await register('on');
  const wakeWebhook = async (): Promise<never> => Promise.reject(new Error('the queue is away'));
  await newsForWebhooks({ ...deps, wakeWebhook })();
});
