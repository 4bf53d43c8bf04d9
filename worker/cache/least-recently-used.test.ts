import { expect, test } from 'vitest';
import { SNAPSHOTS_CACHED_BYTES_MAX, SNAPSHOTS_CACHED_MAX } from '../../contracts/limits.ts';
import { itemNumber as skuOf, snapshotOfItem as snapshot } from '../../test/wide-items.ts';
import { LeastRecentlyUsed } from './least-recently-used.ts';
import { bytesOf, MemoryCache } from './memory-cache.ts';

test('one entry too many, and the one goes that was used longest ago', () => {
  const kept = new LeastRecentlyUsed<string, number>({ entriesMax: 2, bytesMax: 100 });
  kept.keep('a', 1, 1);
  kept.keep('b', 2, 1);
  kept.find('a');
  kept.keep('c', 3, 1);
  expect(['a', 'b', 'c'].map((key) => kept.find(key))).toEqual([1, undefined, 3]);
});

test('a byte too many, and as many go as it takes', () => {
  const kept = new LeastRecentlyUsed<string, number>({ entriesMax: 10, bytesMax: 100 });
  for (const key of ['a', 'b', 'c', 'd']) kept.keep(key, 1, 25);
  expect([kept.size, kept.bytes]).toEqual([4, 100]);
  kept.keep('e', 1, 26);
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => kept.find(key) ?? 0)).toEqual([0, 0, 1, 1, 1]);
  expect(kept.bytes).toBe(76);
});

test('what replaces another counts once, and what has no room is not kept', () => {
  const kept = new LeastRecentlyUsed<string, number>({ entriesMax: 10, bytesMax: 100 });
  kept.keep('a', 1, 60);
  kept.keep('a', 2, 70);
  kept.keep('b', 3, 30);
  expect([kept.size, kept.bytes, kept.find('a')]).toEqual([2, 100, 2]);
  kept.keep('c', 4, 101);
  expect([kept.size, kept.bytes, kept.find('c')]).toEqual([2, 100, undefined]);
});

test('an isolate remembers so many snapshots, and no more', async () => {
  const memory = new MemoryCache();
  for (let nth = 0; nth <= SNAPSHOTS_CACHED_MAX; nth += 1) await memory.keep({ snapshot: snapshot(nth, 1), askedAtMs: 0 });
  expect([0, 1, SNAPSHOTS_CACHED_MAX].map((nth) => memory.peek(skuOf(nth)) !== null)).toEqual([false, true, true]);
});

test('of items with a thousand places it remembers fewer', async () => {
  const memory = new MemoryCache();
  const fitting = Math.floor(SNAPSHOTS_CACHED_BYTES_MAX / bytesOf(snapshot(0, 1_000)));
  for (let nth = 0; nth <= fitting; nth += 1) await memory.keep({ snapshot: snapshot(nth, 1_000), askedAtMs: 0 });
  expect([0, 1, fitting].map((nth) => memory.peek(skuOf(nth)) !== null)).toEqual([false, true, true]);
  expect(fitting).toBeLessThan(SNAPSHOTS_CACHED_MAX);
});
