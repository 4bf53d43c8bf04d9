import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askerAt } from './ask-over-http.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

const SKUS = Array.from({ length: 40 }, (_, n) => `HOOK-${n}`);
/** A run that was killed is taken up again when its turn is over, at the next ring of the clock, and the queue's news are sent again. */
const HEARD_MS_MAX = 150_000;
/** It is tried again after up to a second, two and four. */
const REFUSALS = 3;
const TRIED_AGAIN_MS_MAX = 60_000;
const TIMEOUT_MS = 300_000;

interface Heard {
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly atMs: number;
}

let holdfast: Holdfast;
let endpoint: Server;
let url: string;
let heard: Heard[];
let silent: number;
/** Calls of an endpoint that does not take the first few, and when it first took each event: one may come twice. */
let flaky: { calls: number; readonly tookAtMs: Map<unknown, number> };

beforeEach(async () => {
  heard = [];
  silent = 0;
  flaky = { calls: 0, tookAtMs: new Map() };
  endpoint = createServer((request, response) => {
    if (request.url === '/silent') {
      silent += 1;
      return;
    }
    if (request.url === '/flaky') {
      flaky.calls += 1;
      const takes = flaky.calls > REFUSALS;
      const id = request.headers['webhook-id'];
      if (takes && !flaky.tookAtMs.has(id)) flaky.tookAtMs.set(id, Date.now());
      response.writeHead(takes ? 200 : 503).end();
      return;
    }
    void text(request).then((body) => {
      heard.push({ headers: request.headers as Record<string, string>, text: body, atMs: Date.now() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => endpoint.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
});
afterEach(async () => {
  endpoint.closeAllConnections();
  endpoint.close();
  await holdfast.stop();
});

test(
  '[R77] [R79] [I20] beside endpoints that never answer or not at first, and through a kill, every event arrives signed and first in order',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const { admin } = JSON.parse(await readFile(path.join(holdfast.state, 'dev-keys.json'), 'utf8')) as {
      readonly admin: string;
    };
    const over = askerAt(holdfast.url, admin);
    const ask = async (...call: Parameters<typeof over>) => {
      const { status, body } = await over(...call);
      if (status >= 300) throw new Error(`${call[0]} ${call[1]}: ${JSON.stringify(body)}`);
      return body;
    };
    await ask('PUT', '/v1/locations/dc', { type: 'dc' });
    await ask('PUT', '/v1/channels/web', {});
    await ask('PUT', '/v1/sources/wms', { books: 'front' });
    for (const sku of SKUS) await ask('PUT', `/v1/items/${sku}`, { status: 'active' });
    await ask('POST', '/v1/webhooks', { url: `${url}/silent` });
    await ask('POST', '/v1/webhooks', { url: `${url}/flaky`, types: ['availability.threshold'] });
    const { id, secret } = await ask('POST', '/v1/webhooks', { url: `${url}/in`, types: ['availability.threshold'] });
    expect(await ask('POST', `/v1/webhooks/${id}/verify`, {})).toMatchObject({ delivered: true, status: 204 });

    let sent = 0;
    const move = async (kind: string): Promise<void> => {
      const occurredAt = new Date().toISOString();
      const movements = SKUS.map((sku) => ({
        id: `move-${(sent += 1)}`,
        source: 'wms',
        kind,
        sku,
        location: 'dc',
        quantity: 9,
        occurred_at: occurredAt,
      }));
      await ask('POST', '/v1/movements', { movements });
    };
    const crossings = (): number => new Set(heard.map(({ headers }) => headers['webhook-id'])).size - 1;

    const startedAtMs = Date.now();
    await move('received');
    await expect.poll(crossings, { timeout: HEARD_MS_MAX, interval: 20 }).toBe(SKUS.length);
    const firstMs = (heard.find(({ text: body }) => body.includes('threshold'))?.atMs ?? 0) - startedAtMs;
    console.info(`${SKUS.length} crossings: the first was heard after ${firstMs} ms, all after ${Date.now() - startedAtMs} ms`);
    expect(silent).toBeGreaterThan(0);

    await expect.poll(() => flaky.tookAtMs.size, { timeout: TRIED_AGAIN_MS_MAX, interval: 20 }).toBe(SKUS.length);
    const againMs = Math.min(...flaky.tookAtMs.values()) - startedAtMs;
    console.info(`what was refused ${REFUSALS} times was taken after ${againMs} ms, and all behind it`);

    await move('shipped');
    await expect.poll(crossings, { timeout: HEARD_MS_MAX, interval: 5 }).toBeGreaterThan(SKUS.length);
    await holdfast.killRuntime(() => undefined);
    await expect.poll(crossings, { timeout: HEARD_MS_MAX, interval: 100 }).toBe(2 * SKUS.length);

    const bodies = heard
      .slice(1)
      .map(({ headers, text: body }) => new Webhook(secret).verify(body, headers) as { cursor: string });
    const { items } = await ask('GET', '/v1/events?types=availability.threshold&limit=500');
    const first = [...new Set(bodies.map(({ cursor }) => cursor))];
    expect(first).toEqual(items.map((item: { cursor: string }) => item.cursor));
    console.info(`${bodies.length - first.length} events were heard twice after the kill`);
  },
  TIMEOUT_MS,
);
