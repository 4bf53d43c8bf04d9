import { expect, test } from 'vitest';
import { orderRows } from './order-file.ts';
import { sampleOrders } from './sample.ts';
import { workOf } from './work.ts';

test('the same seed gives the same file, another seed another', () => {
  expect(sampleOrders(50, 7)).toBe(sampleOrders(50, 7));
  expect(sampleOrders(50, 7)).not.toBe(sampleOrders(50, 8));
});

test('a sample holds everything that makes a real export awkward', () => {
  const orders = orderRows(sampleOrders(200, 1));
  const { tasks, sales, names, skipped } = workOf(orders, null);
  const kinds = new Set(tasks.map((task) => (task.kind === 'fact' ? task.fact.kind : task.cart.channel)));
  const lines = sales.map(({ row }) => `${row.invoice_no} ${row.stock_code}`);

  expect(orders.unreadable).toEqual([]);
  expect(kinds).toEqual(new Set(['web', 'marketplace', 'store', 'return', 'write_off']));
  expect(skipped.get('no_goods')).toBeGreaterThan(0);
  expect(new Set(lines).size).toBeLessThan(lines.length);
  expect([...names.values()].some((name) => name.includes('"') || name.includes(','))).toBe(true);
});
