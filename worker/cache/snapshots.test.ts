import { beforeEach, expect, test } from 'vitest';
import { FakeObject } from '../../test/fake-object.ts';
import { DEFAULT_POLICY } from '../../domain/stock.ts';
import type { Sku } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import { EdgeCache, type ResponseCache } from './edge-cache.ts';
import { MemoryCache } from './memory-cache.ts';
import { freshForMs } from './port.ts';
import { tieredSnapshots, type Snapshots } from './snapshots.ts';

const TEA = 'TEA/1 ?' as Sku;
const DISCONTINUED = { type: 'set_item', status: 'discontinued', policy: DEFAULT_POLICY } as const;
let nowMs: number;
let object: FakeObject;
let stored: Map<string, Response>;
let writes: Promise<unknown>[];

beforeEach(async () => {
  nowMs = 1_000_000;
  writes = [];
  stored = new Map();
  object = new FakeObject(TEA, () => nowMs);
  const command = { type: 'set_item', status: 'active', policy: DEFAULT_POLICY } as const;
  await object.execute({ networkVersion: 0, network: null, asked: [{ command, key: null, correlationId: 'c' }] });
  object.asked = 0;
});

const shelf: ResponseCache = {
  match: async (url) => stored.get(url)?.clone(),
  put: async (url, response) => void stored.set(url, response),
};

/** Another isolate of the same data centre. */
function isolate(askObject = async () => (await object.snapshot()) ?? new Refused('sku_unknown', 'none')): Snapshots {
  return tieredSnapshots({
    memory: new MemoryCache(),
    colo: new EdgeCache(async () => shelf),
    askObject,
    keepAlive: (work) => void writes.push(work),
    now: () => nowMs,
  });
}

const source = async (found: Promise<{ readonly source: string } | Refused>): Promise<string> => {
  const one = await found;
  return one instanceof Refused ? one.code : one.source;
};

test('the object is asked once; its isolate remembers, and then the data centre does', async () => {
  const here = isolate();
  expect(await source(here.cached(TEA))).toBe('object');
  await Promise.all(writes);
  expect(await source(here.cached(TEA))).toBe('isolate');
  expect(await source(isolate().cached(TEA))).toBe('colo');
  expect(object.asked).toBe(1);
});

test('[R39] tiers do not add up: age counts from before the object was asked', async () => {
  const slow = isolate(async () => {
    const snapshot = await object.snapshot();
    nowMs += 300;
    return snapshot ?? new Refused('sku_unknown', 'none');
  });
  await slow.cached(TEA);
  await Promise.all(writes);
  nowMs += 300;
  const there = await isolate().cached(TEA);
  expect(there instanceof Refused ? null : [there.source, nowMs - there.askedAtMs, freshForMs(there, nowMs)]).toEqual([
    'colo',
    600,
    400,
  ]);
});

test('[R39] [R90] a copy of the data centre that outlasts a newer number is not shown where that one was', async () => {
  await isolate().cached(TEA);
  await Promise.all(writes);
  nowMs += 1;
  await object.execute({ networkVersion: 0, network: null, asked: [{ command: DISCONTINUED, key: null, correlationId: 'd' }] });
  const newer = await object.snapshot();
  if (newer === null) throw new Error('the item is there');
  const here = isolate();
  await here.learn({ snapshot: { ...newer, freshForMs: 50 }, askedAtMs: nowMs });
  nowMs += 50;
  const seen = await here.cached(TEA);
  expect(seen instanceof Refused ? seen : [seen.source, seen.snapshot.sequence]).toEqual(['object', newer.sequence]);
});

test('[R39] who joins a question that was asked before others were shown a newer number is not shown what it brings', async () => {
  const [older, late] = [await object.snapshot(), Promise.withResolvers<void>()];
  let questions = 0;
  const here = isolate(async () => {
    questions += 1;
    if (questions === 1) await late.promise;
    return (questions === 1 ? older : await object.snapshot()) ?? new Refused('sku_unknown', 'none');
  });
  const first = here.cached(TEA);
  while (questions === 0) await new Promise((done) => setImmediate(done));
  nowMs += 1;
  await object.execute({ networkVersion: 0, network: null, asked: [{ command: DISCONTINUED, key: null, correlationId: 'd' }] });
  const newer = await object.snapshot();
  if (newer === null) throw new Error('the item is there');
  await here.learn({ snapshot: { ...newer, freshForMs: 50 }, askedAtMs: nowMs });
  nowMs += 50;
  const joined = here.cached(TEA);
  late.resolve();
  const seen = await Promise.all([first, joined]);
  expect(seen.map((one) => (one instanceof Refused ? one : one.snapshot.sequence))).toEqual([newer.sequence, newer.sequence]);
});

test('what is too old is asked for anew', async () => {
  const here = isolate();
  await here.cached(TEA);
  await Promise.all(writes);
  nowMs += 1_000;
  expect(await source(here.cached(TEA))).toBe('object');
  expect(object.asked).toBe(2);
});

test('[R90] where the clock was set back nobody knows how old a number is, so it is asked for anew', async () => {
  const here = isolate();
  await here.cached(TEA);
  await Promise.all(writes);
  nowMs -= 60_000;
  expect([await source(here.cached(TEA)), await source(isolate().cached(TEA))]).toEqual(['object', 'object']);
});

test('asked strongly, the object answers, however fresh the rest is', async () => {
  const here = isolate();
  await here.cached(TEA);
  expect(await source(here.strong(TEA))).toBe('object');
  expect(object.asked).toBe(2);
});

test('[R39] an older snapshot that comes late replaces no newer one', async () => {
  const memory = new MemoryCache();
  const snapshot = await object.snapshot();
  if (snapshot === null) throw new Error('the item is there');
  await memory.keep({ snapshot: { ...snapshot, sequence: 5 }, askedAtMs: nowMs });
  await memory.keep({ snapshot: { ...snapshot, sequence: 4 }, askedAtMs: nowMs + 1 });
  expect(memory.peek(TEA)?.snapshot.sequence).toBe(5);
});

test('many readers at once are one question', async () => {
  const here = isolate();
  await Promise.all(Array.from({ length: 20 }, () => here.cached(TEA)));
  expect(object.asked).toBe(1);
});

test('what the object refuses is not remembered', async () => {
  let refuse = true;
  const here = isolate(async () =>
    refuse ? new Refused('overloaded', 'busy') : ((await object.snapshot()) ?? new Refused('sku_unknown', 'none')),
  );
  expect(await source(here.cached(TEA))).toBe('overloaded');
  refuse = false;
  expect(await source(here.cached(TEA))).toBe('object');
});
