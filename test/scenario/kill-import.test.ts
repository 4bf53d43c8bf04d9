import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { expectReadAddsUp } from '../adds-up.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

const ROWS = 60_000;
const SKUS = ['IMP-A', 'IMP-B', 'IMP-C', 'IMP-D'];
const KILLS = 2;
/** A message that is gone with the runtime is replaced after half a minute. */
const MOVES_MS_MAX = 120_000;
const TIMEOUT_MS = 300_000;

let holdfast: Holdfast;
afterEach(() => holdfast.stop());

test(
  '[R61] [I20] the runtime may die in the middle of an import: it goes on from where it was, and each row is booked once',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const { admin } = JSON.parse(await readFile(path.join(holdfast.state, 'dev-keys.json'), 'utf8')) as {
      readonly admin: string;
    };
    const ask = async (method: string, target: string, body?: unknown, type = 'application/json') => {
      const reply = await fetch(holdfast.url + target, {
        method,
        headers: { authorization: `Bearer ${admin}`, 'content-type': type },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      if (!reply.ok) throw new Error(`${method} ${target}: ${reply.status} ${await reply.text()}`);
      // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there.
      return (await reply.json()) as any;
    };
    await ask('PUT', '/v1/locations/dc', { type: 'dc' });
    await ask('PUT', '/v1/channels/web', {});
    await ask('PUT', '/v1/sources/wms', { books: 'front' });
    for (const sku of SKUS) await ask('PUT', `/v1/items/${sku}`, { status: 'active' });

    const row = (n: number): string => `row-${n},received,${SKUS[n % SKUS.length]},dc,1,2026-11-20T08:00:00Z`;
    const file = ['id,kind,sku,location,quantity,occurred_at', ...Array.from({ length: ROWS }, (_, n) => row(n))].join('\n');
    const { id } = await ask('POST', '/v1/imports?kind=movements&source=wms', file, 'text/csv');
    const read = async (): Promise<number> => (await ask('GET', `/v1/imports/${id}`)).bytes_read;

    let before = 1_000;
    let killed = 0;
    for (; killed < KILLS; killed += 1) {
      await expect.poll(read, { timeout: MOVES_MS_MAX, interval: 20 }).toBeGreaterThan(before);
      if ((await ask('GET', `/v1/imports/${id}`)).state === 'done') break;
      await holdfast.killRuntime(() => undefined);
      before = await read();
    }
    const state = async (): Promise<string> => (await ask('GET', `/v1/imports/${id}`)).state;
    await expect.poll(state, { timeout: MOVES_MS_MAX, interval: 100 }).toBe('done');
    const { rows } = await ask('GET', `/v1/imports/${id}`);
    console.info(`killed ${killed} times: ${JSON.stringify(rows)}`);
    expect([killed > 0, rows.read, rows.applied + rows.duplicate]).toEqual([true, ROWS, ROWS]);
    for (const sku of SKUS) {
      const asked = `/v1/availability/${sku}?channel=web&consistency=strong`;
      const body = await ask('GET', asked);
      await expectReadAddsUp(asked, undefined, { status: 200, body }, (explainPath) => ask('GET', explainPath));
      expect([sku, body.available_to_sell]).toEqual([sku, ROWS / SKUS.length]);
    }
  },
  TIMEOUT_MS,
);
