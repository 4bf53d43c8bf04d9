import { beforeEach, expect, test } from 'vitest';
import { COMBINED_CALLS_AT_ONCE_MAX, SHARED_PAGE_SKUS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { itemNumber, snapshotOfItem } from '../../test/wide-items.ts';
import { Refused } from '../refused.ts';
import type { Projected } from './many-snapshots.ts';
import { sharedRows } from './shared-rows.ts';

let reads: { readonly skus: readonly Sku[]; readonly answered: PromiseWithResolvers<ReadonlyMap<Sku, Snapshot>> }[];
let rows: Projected;

beforeEach(() => {
  reads = [];
  const projected: Projected = (skus) => {
    const answered = Promise.withResolvers<ReadonlyMap<Sku, Snapshot>>();
    reads.push({ skus, answered });
    return answered.promise;
  };
  rows = sharedRows(projected, (work) => void work.catch(() => undefined));
});

test('who asks while others are being answered shares the next read, each row once, and is told of its own items alone', async () => {
  const busy = Array.from({ length: COMBINED_CALLS_AT_ONCE_MAX }, () => rows(items(1)));
  const [left, right] = [rows(items(2, 3)), rows(items(3, 4))];
  expect(asked()).toEqual(busy.map(() => items(1)));
  answer(0);
  await busy[0];
  expect(asked().slice(busy.length)).toEqual([items(2, 3, 4)]);
  answer(busy.length);
  expect(await Promise.all([left, right].map(skusOf))).toEqual([items(2, 3), items(3, 4)]);
});

test('[R39] nobody is told what was read before they asked', async () => {
  const busy = Array.from({ length: COMBINED_CALLS_AT_ONCE_MAX }, () => rows(items(1)));
  const later = rows(items(1));
  for (const nth of busy.keys()) answer(nth, 1);
  await Promise.all(busy);
  answer(busy.length, 2);
  const seen = await later;
  expect(seen instanceof Refused ? null : seen.get(itemNumber(1))?.sequence).toBe(2);
});

test('a read that fails fails for all who share it', async () => {
  const all = Array.from({ length: COMBINED_CALLS_AT_ONCE_MAX + 2 }, () => rows(items(1)));
  const outcomes = Promise.allSettled(all);
  for (const nth of [0, 1, 2, 3]) answer(nth);
  await all[3];
  reads.at(-1)?.answered.reject(new Error('the database is away'));
  expect((await outcomes).map(({ status }) => status)).toEqual([
    ...Array.from({ length: 4 }, () => 'fulfilled'),
    'rejected',
    'rejected',
  ]);
});

test('a page that is longer than what is shared is read alone', () => {
  const long = items(...Array.from({ length: SHARED_PAGE_SKUS_MAX + 1 }, (_, nth) => nth));
  for (let times = 0; times <= COMBINED_CALLS_AT_ONCE_MAX; times += 1) void rows(long);
  expect(reads.length).toBe(COMBINED_CALLS_AT_ONCE_MAX + 1);
  const longest = long.slice(1);
  for (let times = 0; times <= COMBINED_CALLS_AT_ONCE_MAX; times += 1) void rows(longest);
  expect(reads.length).toBe(2 * COMBINED_CALLS_AT_ONCE_MAX + 1);
});

function items(...nth: readonly number[]): readonly Sku[] {
  return nth.map(itemNumber);
}

function asked(): readonly (readonly Sku[])[] {
  return reads.map(({ skus }) => skus);
}

function answer(nth: number, sequence = 1): void {
  const read = reads[nth];
  read?.answered.resolve(new Map(read.skus.map((sku) => [sku, { ...snapshotOfItem(1, 1), sku, sequence }])));
}

async function skusOf(read: ReturnType<Projected>): Promise<readonly Sku[]> {
  const seen = await read;
  return seen instanceof Refused ? [] : [...seen.keys()];
}
