import { expect, test } from 'vitest';
import { willAbandon, type Step, type Visit } from './buyer.ts';
import { expectedSales, Tally } from './tally.ts';

const refused = (at: Step, tookMs: number): Visit => ({ end: 'refused', at, code: 'insufficient_stock', tookMs });

test('what happened is counted by how it ended', () => {
  const tally = new Tally();
  tally.add({ end: 'bought', reservedMs: 3, tookMs: 9, secondCode: 'buyer_cap_exceeded' }, 10);
  tally.add({ end: 'abandoned', by: 'lapse', reservedMs: 4 }, 11);
  tally.add({ end: 'abandoned', by: 'release', reservedMs: 5 }, 12);
  tally.add(refused('reserve', 2), 13);
  tally.add(refused('pin', 6), 14);
  expect(tally).toMatchObject({
    visits: 5,
    sold: 1,
    released: 1,
    lapsed: 1,
    reservedMs: [3, 4, 5],
    boughtMs: [9],
    refusedMs: [2, 6],
    firstRefusedAtMs: 13,
  });
  expect([...tally.refusals]).toEqual([
    ['insufficient_stock', 1],
    ['insufficient_stock at pin', 1],
  ]);
  expect([...tally.seconds]).toEqual([['buyer_cap_exceeded', 1]]);
});

test.each([
  ['all there are, where more want one', { buyers: 300, units: 20, abandonPercent: 20 }, 20],
  ['one to each, where there are more', { buyers: 20, units: 300, abandonPercent: 0 }, 20],
  ['one to each who pays', { buyers: 100, units: 300, abandonPercent: 20 }, 80],
  ['none, where nobody pays', { buyers: 100, units: 300, abandonPercent: 100 }, 0],
])('what is expected to be sold is %s', (_, options, expected) => {
  expect(expectedSales(options)).toBe(expected);
});

test('of a hundred buyers so many abandon as was said, some in each way', () => {
  const ways = Array.from({ length: 100 }, (_, index) => willAbandon(index + 1, 20));
  expect(ways.filter((way) => way === 'release')).toHaveLength(10);
  expect(ways.filter((way) => way === 'lapse')).toHaveLength(10);
});
