import { expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';
import { bookAliases, type NewAlias } from './book-aliases.ts';

test('[R89] an item that got a name while it was given to another is told that it lost it', async () => {
  const shop = await Shop.open();
  const { database: db } = shop;
  await shop.put('/v1/items/CUP', { status: 'active' });
  const named = (target: string): NewAlias => ({ kind: 'item', system: 'web', externalId: 'L', target });
  await bookAliases(db, [named(TEA)], false, 1);
  const before = await versions(db);

  // The other's import runs after this one has judged its rows, and before it writes.
  let batches = 0;
  const slow = new Proxy(db, {
    get: (of, name) => {
      if (name !== 'batch') return of.prepare.bind(of);
      return async (statements: D1PreparedStatement[]) => {
        batches += 1;
        if (batches === 2) await bookAliases(db, [named(MUG)], true, 2);
        return of.batch(statements);
      };
    },
  });
  await bookAliases(slow, [named('CUP')], true, 3);

  const { results } = await db.prepare(`SELECT sku, data FROM event WHERE at_ms = 3 ORDER BY sku`).all();
  const told = results.map(({ sku, data }) => [sku, JSON.parse(String(data))]);
  const name = { system: 'web', external_id: 'L' };
  expect(told).toEqual([
    ['CUP', { names_added: [name], names_removed: [] }],
    [MUG, { names_added: [], names_removed: [name] }],
  ]);
  const after = await versions(db);
  expect(['CUP', MUG, TEA].map((sku) => (after.get(sku) ?? 0) - (before.get(sku) ?? 0))).toEqual([1, 2, 1]);
});

async function versions(db: D1Database): Promise<ReadonlyMap<string, number>> {
  const { results } = await db.prepare('SELECT sku, version FROM item').all<{ sku: string; version: number }>();
  return new Map(results.map(({ sku, version }) => [sku, version]));
}
