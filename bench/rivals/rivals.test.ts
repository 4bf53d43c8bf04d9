import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Rival, RunningRival } from './rival.ts';
import { RIVALS } from './rivals.ts';

// A rival that oversells or forgets a key would be fast for a reason that nobody wants.
const UNITS = 40;
const STOCK = ['drained', 'repeated', 'doubled', 'raced', 'other'].map((sku) => ({ sku, quantity: UNITS }));

// The others are the same code on a database with another setting.
const TESTED = [RIVALS.transaction, RIVALS.flownTransaction, RIVALS.statementOfFew, RIVALS.statementOfMany, RIVALS.redisAlways];

for (const rival of TESTED) {
  const why = rival.missing();
  if (why === null) describe(rival.about, () => keepsThePromises(rival));
  else test.skip(`${rival.about}: NOT TESTED, it cannot run here (${why})`, () => undefined);
}

function keepsThePromises(rival: Rival): void {
  let folder = '';
  let running: RunningRival;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rival-'));
    running = await rival.start(folder, STOCK);
  });
  afterAll(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('what is promised one after the other is exactly the stock', async () => {
    const statuses: number[] = [];
    for (let buyer = 0; buyer < UNITS / 4 + 2; buyer += 1)
      statuses.push((await reserve(running, 'drained', `d${buyer}`, 4)).status);
    expect(statuses).toEqual([...Array.from({ length: UNITS / 4 }, () => 201), 409, 409]);
    expect(await available(running, 'drained')).toBe(0);
  });

  test('64 buyers at once get no more than there is', async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, (_, buyer) => reserve(running, 'raced', `r${buyer}`, 1)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(UNITS);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(64 - UNITS);
    expect(await available(running, 'raced')).toBe(0);
  });

  test('a repeated key gets the same reservation and takes nothing more', async () => {
    const first = await reserve(running, 'repeated', 'again', 3);
    const second = await reserve(running, 'repeated', 'again', 3);
    expect(second).toEqual(first);
    expect(await available(running, 'repeated')).toBe(UNITS - 3);
  });

  test('a key that comes many times at once takes stock once', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => reserve(running, 'doubled', 'twin', 2)));
    expect(new Set(answers.map(({ status, id }) => `${status} ${id}`)).size).toBe(1);
    expect(await available(running, 'doubled')).toBe(UNITS - 2);
  });

  test('a key that comes back with other words is refused, and so is an SKU that nobody knows', async () => {
    await reserve(running, 'other', 'mine', 1);
    expect((await reserve(running, 'other', 'mine', 2)).code).toBe('key_reused');
    expect((await reserve(running, 'unheard-of', 'new', 1)).code).toBe('sku_unknown');
    expect(await available(running, 'other')).toBe(UNITS - 1);
  });
}

const told = z.object({ id: z.string().optional(), code: z.string().optional(), expires_at: z.string().optional() });
type Told = z.infer<typeof told> & { readonly status: number };

async function reserve(running: RunningRival, sku: string, key: string, quantity: number): Promise<Told> {
  const response = await fetch(running.url + running.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, authorization: 'Bearer unread' },
    body: JSON.stringify({ channel: 'web', lines: [{ sku, quantity }] }),
  });
  return { ...told.parse(await response.json()), status: response.status };
}

async function available(running: RunningRival, sku: string): Promise<number> {
  const response = await fetch(`${running.url}/stock/${sku}`);
  return z.object({ available: z.number() }).parse(await response.json()).available;
}
