import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { reserve, SkuUnderTest } from './sku.ts';

async function inSql<Answer>(sku: SkuUnderTest, ask: (sql: SqlStorage) => Answer): Promise<Answer> {
  return runInDurableObject(sku.object, (_, { storage }) => ask(storage.sql));
}

test('[R38] every table of an object is STRICT', async () => {
  const sku = await new SkuUnderTest('STRICT').stocked(5);
  await sku.ask(reserve('a', 1));
  const tables = await inSql(sku, (sql) =>
    sql.exec<{ name: string; strict: number }>("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").toArray(),
  );
  const ours = tables.filter(({ name }) => !name.startsWith('sqlite_') && !name.startsWith('_cf_'));
  expect(ours.length).toBeGreaterThan(7);
  expect(ours.filter(({ strict }) => strict === 0)).toEqual([]);
});

test.each([
  ['a stock status that does not exist', "INSERT INTO balance VALUES ('dc', 'lost', 1, '[]')"],
  ['more units than a number can count', "INSERT INTO balance VALUES ('dc', 'damaged', 9007199254740993, '[]')"],
  ['text where units belong', "INSERT INTO balance VALUES ('dc', 'damaged', 'seven', '[]')"],
  ['a flush that ends before it begins', "INSERT INTO posting VALUES (2, 1, 'sent', NULL, '[]')"],
])('[R38] no row holds %s', async (_, insert) => {
  const sku = await new SkuUnderTest('CHECKED').stocked(5);
  await expect(inSql(sku, (sql) => sql.exec(insert).toArray())).rejects.toThrow(/SQLITE_CONSTRAINT/);
});

test('[R6] of two equal requests in one object the second waits its turn and gets the replay', async () => {
  const sku = await new SkuUnderTest('TWICE').stocked(5);
  const key = sku.newKey();
  const [first, second] = await Promise.all([sku.ask(reserve('a', 3), key), sku.ask(reserve('a', 3), key)]);
  expect(first).toMatchObject({ outcome: 'answered', replay: null });
  expect(second).toEqual({ ...first, replay: { presentStatus: 'active' } });
});
