import { evictDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeEach, expect, test, vi } from 'vitest';
import { admitAda, ask, stocked } from './ask-api.ts';
import { SkuUnderTest } from './sku.ts';

beforeEach(admitAda);

/** It takes some seconds, and many times that on a machine that does much else. */
const QUEUE_MS_MAX = 100_000;
const HEADER = 'id,kind,sku,location,quantity,occurred_at';
const row = (id: string, sku: string): string => `${id},received,${sku},dc,1,2026-11-20T00:00:00Z`;

/** As it comes over the wire: nobody knows before how long it is. */
async function upload(chunks: Iterable<string>): Promise<string> {
  const encoder = new TextEncoder();
  const { readable, writable } = new IdentityTransformStream();
  const written = (async () => {
    const writer = writable.getWriter();
    for (const chunk of chunks) await writer.write(encoder.encode(chunk));
    await writer.close();
  })();
  const reply = await exports.default.fetch(
    new Request('http://holdfast/v1/imports?kind=movements&source=wms', {
      method: 'POST',
      headers: { authorization: `Bearer hf_admin_${'a'.repeat(32)}`, 'content-type': 'text/csv' },
      body: readable,
    }),
  );
  await written;
  const body = await reply.json<{ id: string }>();
  expect([reply.status, body]).toEqual([202, { id: expect.any(String) }]);
  return body.id;
}

const reportOf = async (id: string) => (await ask('GET', `/v1/imports/${id}`)).body;

async function done(id: string): Promise<Record<string, unknown>> {
  await vi.waitFor(async () => expect(await reportOf(id)).toMatchObject({ state: 'done' }), {
    timeout: QUEUE_MS_MAX,
    interval: 50,
  });
  return reportOf(id);
}

async function expectOnHand(sku: string, units: number): Promise<void> {
  const { object } = new SkuUnderTest(sku);
  const explained = await object.explain({ channel: null, after: null, limit: 1 });
  expect(explained?.balances.find(({ location }) => location === 'dc')?.onHand).toBe(units);
  expect((await object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
}

test('[R61] a file in several parts of an upload goes through R2 and the queue into the books', async () => {
  await stocked('IMP-BIG', 1);
  // Blank rows of much space make it larger than two parts together.
  const blanks = Array.from({ length: 60 }, () => `${' '.repeat(200_000)}\r\n`);
  const rows = Array.from({ length: 700 }, (_, n) => `${row(`big-${n}`, 'IMP-BIG')}\r\n`);
  const startedAtMs = performance.now();
  const id = await upload([`${HEADER}\r\n`, ...rows.slice(0, 350), ...blanks, ...rows.slice(350)]);
  const run = await done(id);
  expect(run).toMatchObject({ rows: { read: 700, applied: 700 }, error: null });
  expect(run['bytes']).toBe((await env.IMPORTS.head(id))?.size);
  expect(run['bytes']).toBeGreaterThan(11_000_000);
  await expectOnHand('IMP-BIG', 701);
  console.info(
    `a file of ${Number(run['bytes']) / 1e6} MB and 700 rows of one item: ${(performance.now() - startedAtMs).toFixed(0)} ms`,
  );
}, 120_000);

test('[R61] objects that lose their memory while a file is booked cost it no row', async () => {
  const skus = ['IMP-A', 'IMP-B', 'IMP-C'];
  for (const sku of skus) await stocked(sku, 1);
  const rows = Array.from({ length: 3_000 }, (_, n) => `${row(`dying-${n}`, skus[n % 3] ?? '')}\n`);
  const id = await upload([`${HEADER}\n`, ...rows]);
  for (const sku of skus) {
    await reportOf(id);
    await evictDurableObject(new SkuUnderTest(sku).object);
  }
  const { rows: counts } = (await done(id)) as { rows: Record<string, number> };
  expect([counts['read'], (counts['applied'] ?? 0) + (counts['duplicate'] ?? 0)]).toEqual([3_000, 3_000]);
  for (const sku of skus) await expectOnHand(sku, 1_001);
}, 120_000);

test('[R61] four thousand rows of a hundred items; the test prints its time', async () => {
  const skus = Array.from({ length: 100 }, (_, n) => `IMP-${n}`);
  for (const sku of skus) await ask('PUT', `/v1/items/${sku}`, { status: 'active' });
  await ask('PUT', '/v1/locations/dc', { type: 'dc' });
  await ask('PUT', '/v1/sources/wms', { books: 'front' });
  const rows = Array.from({ length: 4_000 }, (_, n) => `${row(`many-${n}`, skus[(n * 7) % 100] ?? '')}\n`);
  const startedAtMs = performance.now();
  const run = await done(await upload([`${HEADER}\n`, ...rows]));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  expect(run).toMatchObject({ rows: { read: 4_000, applied: 4_000 } });
  console.info(`4,000 rows of 100 items: ${seconds.toFixed(1)} s, ${(4_000 / seconds).toFixed(0)} rows a second`);
}, 120_000);
