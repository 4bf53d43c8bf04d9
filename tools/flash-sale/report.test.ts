import { expect, test } from 'vitest';
import type { Books } from './books.ts';
import type { SaleOptions } from './options.ts';
import { report, whatIsWrong } from './report.ts';
import { Tally } from './tally.ts';

const OPTIONS: SaleOptions = {
  buyers: 3,
  units: 2,
  abandonPercent: 0,
  caps: false,
  pin: false,
  hint: false,
  connections: 1,
  issueAt: 'commit',
};
const BOOKS: Books = { available: 0, explained: { available: 0, sellable: 2, reserved: 0, committed: 2 }, erpOnHand: 0 };

function wrongWith({
  sold = 2,
  second = null,
  options = {},
  books = {},
}: {
  readonly sold?: number;
  readonly second?: string | null;
  readonly options?: Partial<SaleOptions>;
  readonly books?: Partial<Books>;
}): readonly string[] {
  return whatIsWrong(outcome(sold, second, options, books));
}

function outcome(sold: number, secondCode: string | null, options: Partial<SaleOptions>, books: Partial<Books>) {
  const tally = new Tally();
  for (let n = 0; n < sold; n += 1) tally.add({ end: 'bought', reservedMs: 1, tookMs: 2, secondCode }, n);
  tally.add({ end: 'refused', at: 'reserve', code: 'insufficient_stock', tookMs: 1 }, 1_000);
  return {
    options: { ...OPTIONS, ...options },
    sold: { tally, rounds: 1, rushMs: 1_000, rushVisits: sold + 1 },
    books: { ...BOOKS, ...books },
  };
}

test('a sale of every unit, once, is good', () => {
  expect(wrongWith({})).toEqual([]);
  expect(wrongWith({ options: { issueAt: 'fulfil' }, books: { erpOnHand: 2 } })).toEqual([]);
  expect(wrongWith({ books: { erpOnHand: null } })).toEqual([]);
});

test('a second unit where the buyer may have one is not', () => {
  expect(wrongWith({ second: 'buyer_cap_exceeded' })).toEqual([]);
  expect(wrongWith({ second: 'granted' })).toEqual(['2 buyers got a second unit']);
});

test.each([
  ['fewer than there are', { sold: 1, books: { available: 1 } }, 'sold: 1, not 2'],
  ['more than there are', { sold: 3 }, '1 units oversold'],
  [
    'more than there are, by what the front has committed',
    { books: { explained: { ...BOOKS.explained, committed: 3 } } },
    '1 units',
  ],
  ['more than there are, by what the ERP booked', { books: { erpOnHand: -4 } }, '4 units oversold'],
  ['a unit that is still for sale', { books: { available: 1 } }, 'left for sale: 1, not 0'],
  ['an explanation that says otherwise', { books: { explained: { ...BOOKS.explained, available: 1 } } }, 'as it is explained: 1'],
  ['a promise that nobody kept', { books: { explained: { ...BOOKS.explained, reserved: 1 } } }, 'reserved at the front: 1'],
  ['stock that is gone', { books: { explained: { ...BOOKS.explained, sellable: 1 } } }, 'on hand at the front: 1, not 2'],
  ['an ERP that does not know of a sale', { books: { erpOnHand: 1 } }, 'on hand in the ERP: 1, not 0'],
])('%s is told', (_, sale, sentence) => {
  expect(wrongWith(sale).join('; ')).toContain(sentence);
});

test('the table has how long winners and losers waited', () => {
  const { text, good } = report({ ...outcome(2, null, {}, {}), sku: 'FLASH', calls: [] });
  expect(good).toBe(true);
  expect(text).toMatch(/^oversold +0$/m);
  expect(text).toMatch(/^winners, until committed +2 +2\.0 +2\.0 +2\.0$/m);
  expect(text).toMatch(/^losers, until refused +1 +1\.0 +1\.0 +1\.0$/m);
  expect(text).toMatch(/^sold out +1\.00 +s after the start/m);
});
