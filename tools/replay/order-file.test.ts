import { describe, expect, test } from 'vitest';
import { lastOfFirstDays, orderRows, rowsUntil } from './order-file.ts';

const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';
const read = (...lines: string[]) => orderRows([HEADER, ...lines, ''].join('\n'));

describe('reading an order export', () => {
  test('quotes, commas and a byte order mark are no part of the text', () => {
    const { rows } = orderRows(`\uFEFF${HEADER}\n1,20001,"FRAME 7"" OAK, ",2,2031-03-03T08:26:00Z,2.1,,Ruritania\n`);
    expect(rows).toMatchObject([{ invoice_no: '1', description: 'FRAME 7" OAK,', quantity: 2, row: 1 }]);
  });

  test('a code stays as it was written', () => {
    const { rows } = read('1,20001a,,2,2031-03-03T08:26:00Z,2.1,,', '1,20001A,,2,2031-03-03T08:26:00Z,2.1,,');
    expect(rows.map(({ stock_code }) => stock_code)).toEqual(['20001a', '20001A']);
  });

  test.each([
    ['a quantity with a fraction', '1,20001,,2.5,2031-03-03T08:26:00Z,2.1,,'],
    ['a quantity beyond any order', '1,20001,,9999999999,2031-03-03T08:26:00Z,2.1,,'],
    ['no code', '1,,,2,2031-03-03T08:26:00Z,2.1,,'],
    ['no price', '1,20001,,2,2031-03-03T08:26:00Z,,,'],
    ['no date', '1,20001,,2,yesterday,2.1,,'],
    ['a row that was cut off', '1,20001,,2'],
  ])('%s is counted and keeps its row number, and the others are read', (_, line) => {
    const { rows, unreadable } = read(line, '2,20002,,1,2031-03-03T08:26:00Z,2.1,,');
    expect(unreadable.map(({ row }) => row)).toEqual([1]);
    expect(rows.map(({ row }) => row)).toEqual([2]);
  });
});

describe('a part of the file', () => {
  const { rows } = read(
    '1,20001,,1,2031-03-03T08:00:00Z,1,,',
    '2,20001,,1,2031-03-05T08:00:00Z,1,,',
    '3,20001,,1,2031-03-06T08:00:00Z,1,,',
  );

  test('ends with the day that was named', () => {
    expect(rowsUntil(rows, '2031-03-05').map(({ row }) => row)).toEqual([1, 2]);
  });

  test('counts days with orders, not days of rest', () => {
    expect(lastOfFirstDays(rows, 2)).toBe('2031-03-05');
    expect(lastOfFirstDays(rows, 9)).toBe('2031-03-06');
  });

  test('is the whole file where no day was named', () => {
    expect(rowsUntil(rows, null)).toHaveLength(3);
  });
});
