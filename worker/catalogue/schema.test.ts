import { expect, test } from 'vitest';
import { d1OnNode } from '../../test/d1-on-node.ts';

test('[R38] every table of the migrations is STRICT, so that nothing is stored as what it is not', async () => {
  const { results } = await d1OnNode()
    .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all<{ name: string; strict: number }>();
  expect(results.length).toBeGreaterThan(7);
  expect(results.filter(({ strict }) => strict === 0)).toEqual([]);
});

test('[R38] a CHECK refuses what no schema should have let through', async () => {
  const put = d1OnNode().prepare("INSERT INTO source (id, books, version) VALUES ('x', 'both', 1)").run();
  await expect(put).rejects.toThrow('CHECK');
});
