import { expect, test } from 'vitest';
import { RECENT_SKUS_MAX, RECENT_SKUS_MS } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { RecentSkus } from './recent-skus.ts';

const sku = (name: string | number): Sku => `${name}` as Sku;

test('an item is recent until its time is over, and anew when it is noted again', () => {
  const recent = new RecentSkus();
  recent.note(sku('tea'), 0);
  recent.note(sku('mug'), 1_000);
  expect(recent.since(RECENT_SKUS_MS - 1)).toEqual(['tea', 'mug']);
  expect(recent.since(RECENT_SKUS_MS)).toEqual(['mug']);
  recent.note(sku('mug'), RECENT_SKUS_MS);
  expect(recent.since(RECENT_SKUS_MS + 1_000)).toEqual(['mug']);
});

test('of too many items the oldest are let go', () => {
  const recent = new RecentSkus();
  for (let n = 0; n <= RECENT_SKUS_MAX; n += 1) recent.note(sku(n), 0);
  expect(recent.since(0)).toHaveLength(RECENT_SKUS_MAX);
  expect(recent.since(0)).not.toContain('0');
});
