import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { countDatabase, countedEnv } from '../../bench/cost/front/counted-bindings.ts';
import { countStorage } from '../../bench/cost/front/counted-state.ts';
import { Tally } from '../../bench/cost/front/tally.ts';
import { SkuUnderTest } from './sku.ts';

test('rows of an object are counted as the runtime counts them, and an alarm as one', async () => {
  const tally = new Tally();
  await runInDurableObject(new SkuUnderTest('COUNTED').object, async (_, state) => {
    const { sql } = state.storage;
    sql.exec('CREATE TABLE plain (a INTEGER PRIMARY KEY)');
    sql.exec('CREATE TABLE twice (a TEXT PRIMARY KEY)');
    countStorage(state, 'object', tally);
    for (const a of [1, 2]) sql.exec('INSERT INTO plain VALUES (?)', a);
    sql.exec("INSERT INTO twice VALUES ('a key of its own beside the rowid')");
    expect(sql.exec('SELECT a FROM plain').toArray()).toHaveLength(2);
    await state.storage.setAlarm(Date.now() + 60_000);
    await state.storage.deleteAlarm();
  });
  expect(tally.counts()).toEqual({
    // The runtime counts it as read that it looked where the row goes.
    'object row read|object INSERT plain': 2,
    'object row written|object INSERT plain': 2,
    'object row written|object INSERT twice': 2,
    'object row read|object SELECT plain': 2,
    'object row written|object alarm set': 1,
  });
});

test('rows of D1 are counted however it is asked, batches statement by statement', async () => {
  const tally = new Tally();
  await env.DB.exec('CREATE TABLE counted (a TEXT PRIMARY KEY, b INTEGER); CREATE INDEX counted_b ON counted (b)');
  countDatabase(env.DB, tally);
  const insert = env.DB.prepare('INSERT INTO counted VALUES (?, ?)');
  await env.DB.batch([insert.bind('a', 1), insert.bind('b', 2)]);
  expect(await env.DB.prepare('SELECT b FROM counted WHERE a = ?').bind('a').first('b')).toBe(1);
  expect(await env.DB.prepare('SELECT a FROM counted').raw()).toEqual([['a'], ['b']]);
  const { 'd1 byte|all': _, ...counts } = tally.counts();
  expect(counts).toEqual({
    'd1 statement|INSERT counted': 2,
    // The row, its key and its index, twice.
    'd1 row written|INSERT counted': 6,
    'd1 statement|SELECT counted': 2,
    'd1 row read|SELECT counted': 3,
  });
});

test('a message costs an operation to write and one to delete for each 64 KB of it', async () => {
  const tally = new Tally();
  const sent: unknown[] = [];
  const queue = { send: async (body: unknown) => void sent.push(body), sendBatch: async () => undefined };
  const counted = countedEnv({ QUEUE: queue, NAME: 'front' }, tally);
  await counted.QUEUE.send({ postings: [1, 2, 3] });
  await counted.QUEUE.send('x'.repeat(64_000));
  expect(sent).toHaveLength(2);
  expect(counted.NAME).toBe('front');
  expect(tally.counts()).toEqual({
    'queue message|QUEUE': 2,
    'posting|QUEUE': 3,
    'queue operation|QUEUE write': 3,
    'queue operation|QUEUE delete': 3,
  });
});
