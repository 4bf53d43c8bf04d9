import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askerAt } from './ask-over-http.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

const SKU = 'PUSHED';
const CHANGES = 5;
/** Changes are collected for a second; a call that nobody answers is given up after fifteen. */
const TOLD_MS_MAX = 10_000;
const TIMEOUT_MS = 180_000;

let holdfast: Holdfast;
let vendor: Server;
let url: string;
/** What each shop was told of the item, by the first part of its address. */
let told: Map<string, number[]>;

beforeEach(async () => {
  told = new Map();
  vendor = createServer((request, response) => {
    void text(request).then((body) => {
      const [, shop = ''] = (request.url ?? '').split('/');
      if (request.method === 'POST') {
        const { sourceItems } = JSON.parse(body) as { readonly sourceItems: readonly { readonly quantity: number }[] };
        told.set(shop, [...(told.get(shop) ?? []), ...sourceItems.map(({ quantity }) => quantity)]);
      }
      if (shop === 'silent') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end(request.method === 'POST' ? '[]' : '{"items": []}');
    });
  });
  await new Promise<void>((listening) => vendor.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vendor.closeAllConnections();
  vendor.close();
  await holdfast.stop();
});

test(
  '[R82] a shop that never answers holds up neither another one nor the queue',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const { admin } = JSON.parse(await readFile(path.join(holdfast.state, 'dev-keys.json'), 'utf8')) as {
      readonly admin: string;
    };
    const over = askerAt(holdfast.url, admin);
    const ask = async (...call: Parameters<typeof over>): Promise<void> => {
      const { status, body } = await over(...call);
      if (status >= 300) throw new Error(`${call[0]} ${call[1]}: ${JSON.stringify(body)}`);
    };
    await ask('PUT', '/v1/locations/dc', { type: 'dc' });
    await ask('PUT', '/v1/sources/wms', { books: 'front' });
    await ask('PUT', `/v1/items/${SKU}`, { status: 'active' });
    for (const shop of ['silent', 'quick']) {
      await ask('PUT', `/v1/channels/${shop}`, {});
      await ask('PUT', `/v1/channels/${shop}/outlet`, { adapter: 'adobe', options: { url: `${url}/${shop}`, bulk: false } });
      await ask('PUT', `/v1/channels/${shop}/outlet/credentials`, { token: 'a-token' });
    }
    const batches = async (): Promise<number> =>
      (await readFile(path.join(holdfast.state, 'log.ndjson'), 'utf8')).split('{"job":"push-channels"').length - 1;
    const before = await batches();
    let onHand = 0;
    for (let change = 1; change <= CHANGES; change += 1) {
      onHand += change;
      const movement = { source: 'wms', kind: 'received', sku: SKU, location: 'dc', occurred_at: new Date().toISOString() };
      await ask('POST', '/v1/movements', { movements: [{ ...movement, id: `move-${change}`, quantity: change }] });
      const startedAtMs = Date.now();
      await expect.poll(() => told.get('quick')?.at(-1), { timeout: TOLD_MS_MAX, interval: 20 }).toBe(onHand);
      console.info(`change ${change}: told after ${Date.now() - startedAtMs} ms`);
    }
    // It is told the rest when that call is given up, which a slow machine may live to see.
    expect(told.get('silent')?.[0]).toBe(1);
    // The clock rings every second or two here, once a minute elsewhere: it is the queue that must not stand still. A batch is
    // logged when it ends, which may be after the shop was told.
    await expect.poll(batches, { timeout: TOLD_MS_MAX, interval: 50 }).toBeGreaterThanOrEqual(before + CHANGES);
  },
  TIMEOUT_MS,
);
