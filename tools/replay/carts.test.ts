import { describe, expect, test } from 'vitest';
import { cartsOf, homeOf } from './carts.ts';
import { orderRows } from './order-file.ts';

const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';
const AT = '2031-03-03T08:26:00Z,2.55';
const sales = (...lines: readonly string[]) =>
  orderRows([HEADER, ...lines, ''].join('\n')).rows.map((row) => ({ row, quantity: row.quantity }));

describe('the carts of an export', () => {
  test('an invoice is a cart, its lines in the order of the rows, the same item twice where it stands twice', () => {
    const carts = cartsOf(
      sales(
        `1,20001,,1,${AT},5,Ruritania`,
        `2,20001,,2,${AT},6,Ruritania`,
        `1,20002,,3,${AT},5,Ruritania`,
        `1,20001,,4,${AT},5,Ruritania`,
      ),
      'Ruritania',
    );
    expect(carts.map(({ invoice, lines }) => [invoice, lines.map(({ row, quantity }) => [row.stock_code, quantity])])).toEqual([
      [
        '1',
        [
          ['20001', 1],
          ['20002', 3],
          ['20001', 4],
        ],
      ],
      ['2', [['20001', 2]]],
    ]);
  });

  test.each([
    ['a customer of the country buys on the web', '5,Ruritania', 'web', '5'],
    ['a customer from abroad buys on a marketplace', '5,Freedonia', 'marketplace', '5'],
    ['nobody we know bought at the till', ',Ruritania', 'store', null],
  ])('%s', (_, who, channel, buyer) => {
    expect(cartsOf(sales(`1,20001,,1,${AT},${who}`), 'Ruritania')).toMatchObject([{ channel, buyer }]);
  });

  test('an invoice of more lines than a cart takes is several carts, which no key confuses', () => {
    const rows = Array.from({ length: 1_001 }, (_, index) => `1,${20_000 + index},,1,${AT},5,Ruritania`);
    expect(cartsOf(sales(...rows), 'Ruritania').map(({ part, lines }) => [part, lines.length])).toEqual([
      [1, 1_000],
      [2, 1],
    ]);
  });

  test('home is the country of most rows', () => {
    expect(
      homeOf(
        sales(`1,20001,,1,${AT},5,Freedonia`, `2,20001,,1,${AT},5,Ruritania`, `3,20001,,1,${AT},5,Ruritania`).map(
          ({ row }) => row,
        ),
      ),
    ).toBe('Ruritania');
    expect(homeOf([])).toBe(null);
  });
});
