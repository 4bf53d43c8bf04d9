import { beforeEach, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { Refused } from '../refused.ts';
import { manySnapshots, type ManySnapshots } from './many-snapshots.ts';
import { MemoryCache } from './memory-cache.ts';

const [TEA, MUG] = ['TEA-1' as Sku, 'MUG-1' as Sku];
const ROWS_CACHED_MS = 1_000;

let nowMs: number;
let memory: MemoryCache;
let rows: Map<Sku, Snapshot>;
let asked: Sku[][];
let many: ManySnapshots;

beforeEach(() => {
  nowMs = 1_000_000;
  memory = new MemoryCache();
  rows = new Map([TEA, MUG].map((sku) => [sku, snapshot(sku, 3, nowMs - 5_000)]));
  asked = [];
  many = manySnapshots({
    memory,
    projected: async (skus) => {
      asked.push([...skus]);
      return new Map([...rows].filter(([sku]) => skus.includes(sku)));
    },
    snapshots: { strong: async () => new Refused('sku_unknown', 'there is none') },
    rowsCachedMs: ROWS_CACHED_MS,
    now: () => nowMs,
  });
});

test('a row is shown again for a second, with its true age and never as fresh', async () => {
  expect(await seen(TEA)).toEqual(['projection', 3, 5_000]);
  nowMs += ROWS_CACHED_MS - 1;
  expect(await seen(TEA)).toEqual(['projection', 3, 5_999]);
  expect(asked).toEqual([[TEA]]);
  nowMs += 1;
  await seen(TEA);
  expect(asked).toEqual([[TEA], [TEA]]);
  expect(memory.peek(TEA)?.snapshot.freshForMs).toBe(0);
});

test('a row that says nothing new is the same snapshot still, so that all said of it is ready', async () => {
  await seen(TEA);
  const first = memory.peek(TEA)?.snapshot;
  nowMs += ROWS_CACHED_MS;
  rows.set(TEA, snapshot(TEA, 3, nowMs - 6_000));
  await seen(TEA);
  expect(memory.peek(TEA)?.snapshot).toBe(first);
});

test('only what is not at hand is asked for, all of it in one call', async () => {
  await memory.keep({ snapshot: snapshot(TEA, 4, nowMs), askedAtMs: nowMs });
  await many.cached([TEA, MUG]);
  expect(asked).toEqual([[MUG]]);
  expect(await seen(TEA)).toEqual(['isolate', 4, 0]);
});

test('[R39] a row that is older than what was seen here takes nothing back', async () => {
  await memory.keep({ snapshot: snapshot(TEA, 7, nowMs), askedAtMs: nowMs });
  nowMs += 2_000;
  expect(await seen(TEA)).toEqual(['projection', 7, 2_000]);
  expect(await seen(TEA)).toEqual(['projection', 7, 2_000]);
  expect(asked).toEqual([[TEA]]);
});

test('[R39] what an object said meanwhile stays as fresh as it is', async () => {
  const looking = many.cached([TEA]);
  await memory.keep({ snapshot: snapshot(TEA, 8, nowMs), askedAtMs: nowMs });
  await looking;
  expect(await seen(TEA)).toEqual(['isolate', 8, 0]);
});

test('[R39] a newer row replaces what was seen', async () => {
  await memory.keep({ snapshot: snapshot(TEA, 2, nowMs - 9_000), askedAtMs: nowMs - 9_000 });
  expect(await seen(TEA)).toEqual(['projection', 3, 5_000]);
});

test('all of them at hand are seen without waiting, and still the same until one is another, or too old', async () => {
  expect(many.atHand([TEA, MUG], nowMs)).toBeNull();
  await many.cached([TEA, MUG]);
  memory.put({ snapshot: snapshot(TEA, 4, nowMs), askedAtMs: nowMs });
  const sight = many.atHand([MUG, TEA], nowMs);
  expect(sight?.seen.map(({ source, snapshot: { sku, sequence } }) => [sku, source, sequence])).toEqual([
    [MUG, 'projection', 3],
    [TEA, 'isolate', 4],
  ]);
  expect([sight?.isStill(nowMs + 999), sight?.isStill(nowMs + 1_000), sight?.isStill(nowMs - 1)]).toEqual([true, false, false]);
  memory.put({ snapshot: snapshot(TEA, 5, nowMs), askedAtMs: nowMs });
  expect(sight?.isStill(nowMs)).toBe(false);
});

test('what nobody has anything to say of is absent', async () => {
  rows.delete(MUG);
  expect([...((await many.cached([TEA, MUG])) as ReadonlyMap<Sku, unknown>).keys()]).toEqual([TEA]);
});

async function seen(sku: Sku) {
  const found = await many.cached([sku]);
  const one = found instanceof Refused ? undefined : found.get(sku);
  return [one?.source, one?.snapshot.sequence, nowMs - (one?.askedAtMs ?? 0)];
}

function snapshot(sku: Sku, sequence: number, asOfMs: number): Snapshot {
  const terms = { places: [], backordered: 0, backorderLimit: 0, lowStockAt: 5, buffers: [], quotas: [], stopSell: false };
  return { sku, status: 'active', terms, sequence, asOfMs, freshForMs: 1_000 };
}
