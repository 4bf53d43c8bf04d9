import { expect, test } from 'vitest';
import { ITEMS_CACHED_BYTES_MAX, ITEMS_CACHED_MAX, KIT_PARTS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { bytesOf, KnownItems } from './known-items.ts';

const kitNumber = (nth: number): Sku => `KIT-${nth}` as Sku;
const partNumber = (nth: number): Sku => `PART-${nth}` as Sku;
const MANY_PARTS = Array.from({ length: KIT_PARTS_MAX }, (_, nth) => ({ sku: partNumber(nth), units: 1 }));
const LARGE_KIT = { kit: { status: 'active', lowStockAt: 0, stopSell: false }, parts: MANY_PARTS } as const;

/** A catalogue of kits that each have as many parts as a kit may have. */
async function largeKits(count: number): Promise<KnownItems> {
  const database = d1OnNode();
  const skus = [...MANY_PARTS.map(({ sku }) => sku), ...Array.from({ length: count }, (_, nth) => kitNumber(nth))];
  await database.batch([
    database
      .prepare(
        `INSERT INTO item (sku, status, units, version, policy_version, receipts_version)
         SELECT value, 'active', '[]', 1, 0, 0 FROM json_each(?)`,
      )
      .bind(JSON.stringify(skus)),
    database.prepare(`
      INSERT INTO component (kit, sku, factor, position)
      SELECT kit.sku, part.sku, 1, row_number() OVER (PARTITION BY kit.sku)
      FROM item AS kit JOIN item AS part ON part.sku LIKE 'PART-%' WHERE kit.sku LIKE 'KIT-%'`),
  ]);
  return new KnownItems(database);
}

test('of kits with many parts fewer are remembered, and those that nobody asked for longest go first', async () => {
  const fitting = Math.floor(ITEMS_CACHED_BYTES_MAX / bytesOf(LARGE_KIT));
  expect(fitting).toBeLessThan(ITEMS_CACHED_MAX);
  const items = await largeKits(fitting + 1);
  for (let nth = 0; nth < fitting; nth += 1) await items.among([kitNumber(nth)], 1);
  expect(items.atHand(kitNumber(0), 1)?.parts).toHaveLength(KIT_PARTS_MAX);

  await items.among([kitNumber(fitting)], 1);
  const atHand = [0, 1, 2, fitting].map((nth) => items.atHand(kitNumber(nth), 1) !== undefined);
  expect(atHand).toEqual([true, false, true, true]);
  expect((await items.among([kitNumber(1)], 1)).get(kitNumber(1))?.parts).toHaveLength(KIT_PARTS_MAX);
});
