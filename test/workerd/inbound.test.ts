import { env, exports } from 'cloudflare:workers';
import { beforeEach, expect, test, vi } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { admitAda, ask, stocked } from './ask-api.ts';
import { SkuUnderTest } from './sku.ts';

beforeEach(admitAda);

const QUEUE_MS_MAX = 45_000;

const received = (id: string, sku: string, quantity: number) => ({
  id,
  kind: 'received',
  sku,
  location: 'dc',
  quantity,
  occurred_at: '2026-11-20T00:00:00Z',
});

async function onHand(sku: string): Promise<number | undefined> {
  const explained = await new SkuUnderTest(sku).object.explain({ channel: null, after: null, limit: 1 });
  return explained?.balances.find(({ location }) => location === 'dc')?.onHand;
}

test('[R60] a signed webhook goes through the real queue into the books, once', async () => {
  await stocked('INB-TEA', 1);
  const made = await ask('POST', '/v1/sources/wms/webhook-secret', {});
  expect(made.status).toBe(201);
  const body = JSON.stringify({
    movements: [received('a', 'INB-TEA', 4), received('b', 'INB-TEA', 5), received('c', 'NOPE', 1)],
  });
  const sentAtMs = Date.now();
  const send = (id: string) =>
    exports.default.fetch(
      new Request('http://holdfast/v1/inbound/wms', {
        method: 'POST',
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(sentAtMs / 1_000)),
          'webhook-signature': new Webhook(String(made.body['secret'])).sign(id, new Date(sentAtMs), body),
        },
        body,
      }),
    );
  const replies = [await send('one'), await send('one'), await send('two')];
  expect(replies.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(await Promise.all(replies.map((reply) => reply.json()))).toEqual([
    { accepted: 3, duplicate: false },
    { accepted: 0, duplicate: true },
    { accepted: 3, duplicate: false },
  ]);
  await vi.waitFor(
    async () => {
      expect(await onHand('INB-TEA')).toBe(10);
      const { body: listed } = await ask('GET', '/v1/cases?kind=inbound_rejected');
      expect(listed['items']).toMatchObject([{ id: 'inbound_rejected~wms~movement~c', sku: 'NOPE' }]);
    },
    { timeout: QUEUE_MS_MAX, interval: 50 },
  );
  const proof = await new SkuUnderTest('INB-TEA').object.proof();
  expect(proof?.checks.filter(({ holds }) => !holds)).toEqual([]);
});

test('[R60b] what is stored of a secret is sealed by the real runtime, and opened by it', async () => {
  await stocked('INB-MUG', 1);
  const { body } = await ask('POST', '/v1/sources/wms/webhook-secret', { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  const row = await env.DB.prepare('SELECT sealed FROM webhook_secret WHERE id = ?').bind(body['id']).first<{ sealed: string }>();
  expect(row?.sealed).toMatch(/^[\w-]{60,}$/);
  expect(row?.sealed).not.toContain('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
});
