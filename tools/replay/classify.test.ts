import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';
import { openingBalances } from './opening.ts';
import { orderRows, readOrderFile, type OrderRow } from './order-file.ts';
import { workOf } from './work.ts';

const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';

function row(line: string): OrderRow {
  const [only] = orderRows(`${HEADER}\n${line}\n`).rows;
  if (only === undefined) throw new Error(`not readable: ${line}`);
  return only;
}

describe('what a row means for stock', () => {
  test.each([
    [
      'goods asked for are a sale',
      '700001,20001A,LANTERN,6,2031-03-03T08:26:00Z,2.55,17850,Ruritania',
      { kind: 'sale', quantity: 6 },
    ],
    [
      'goods given away are asked for too',
      '700001,20001A,LANTERN,6,2031-03-03T08:26:00Z,0,,Ruritania',
      { kind: 'sale', quantity: 6 },
    ],
    [
      'a cancelled line is a return',
      'C700001,20001A,LANTERN,-6,2031-03-03T08:26:00Z,2.55,17850,Ruritania',
      { kind: 'return', quantity: 6 },
    ],
    [
      'minus at no price for nobody is a write-off',
      '700001,20001A,,-6,2031-03-03T08:26:00Z,0,,Ruritania',
      { kind: 'write_off', quantity: 6 },
    ],
    [
      'minus for somebody is nothing we know',
      '700001,20001A,,-6,2031-03-03T08:26:00Z,2,17850,Ruritania',
      skipped('negative_unexplained'),
    ],
    [
      'a cancellation of minus nothing is nothing',
      'C700001,20001A,,0,2031-03-03T08:26:00Z,2,17850,Ruritania',
      skipped('zero_quantity'),
    ],
    [
      'a cancellation that adds is nothing we know',
      'C700001,20001A,,6,2031-03-03T08:26:00Z,2,17850,Ruritania',
      skipped('cancellation_positive'),
    ],
    ['postage is no goods', '700001,POST,POSTAGE,1,2031-03-03T08:26:00Z,18,17850,Ruritania', skipped('no_goods')],
    ['a discount is no goods', 'C700001,D,Discount,-1,2031-03-03T08:26:00Z,27.5,17850,Ruritania', skipped('no_goods')],
    ['carriage with a digit is no goods', '700001,C2,CARRIAGE,1,2031-03-03T08:26:00Z,50,17850,Ruritania', skipped('no_goods')],
  ])('%s', (_, line, meaning) => {
    expect(classify(row(line))).toEqual(meaning);
  });
});

const WEEK = '../shared/data/online-retail-week.csv';

test.skipIf(!existsSync(WEEK))(`a real week is understood to the last row, where ${WEEK} is at hand`, async () => {
  const orders = await readOrderFile(WEEK);
  const { tasks, rows, sales, names, skipped } = workOf(orders, null);
  const carts = tasks.flatMap((task) => (task.kind === 'cart' ? [task.cart] : []));
  const kinds = Object.groupBy(tasks, (task) => (task.kind === 'fact' ? task.fact.kind : task.cart.channel));

  expect(orders.unreadable).toEqual([]);
  expect(rows + [...skipped.values()].reduce((sum, count) => sum + count, 0)).toBe(14_553);
  expect(skipped).toEqual(new Map([['no_goods', 60]]));
  expect(kinds.write_off).toHaveLength(45);
  expect(names.size).toBeGreaterThan(2_200);
  // The longest invoice has 675 rows, and one of them is postage.
  expect(Math.max(...carts.map(({ lines }) => lines.length))).toBe(674);
  expect([kinds.web, kinds.marketplace, kinds.store].map((list) => list?.length)).toEqual([490, 39, 53]);
  const demand = sales.map(({ row: sold, quantity }) => ({ sku: sold.stock_code, quantity }));
  expect(Math.min(...openingBalances(demand, 0.8).values())).toBe(1);
});

if (!existsSync(WEEK)) console.warn(`${WEEK} is not there, so no real week was read.`);

function skipped(reason: string) {
  return { kind: 'skipped', reason };
}
