import { describe, expect, test } from 'vitest';
import { sku } from '../../contracts/names.ts';
import type { RowFinished } from './run-log.ts';
import type { SalesChannel } from './sales-network.ts';
import { brokenUnits, expectedTotals, explainedByStock, oversoldUnits } from './tally.ts';

const TEA = sku.parse('TEA');
let rows = 0;
const about = (quantity: number) => ({ row: (rows += 1), sku: TEA, quantity });

const sold = (quantity: number, takenAt: number, fulfilled = 0, channel: SalesChannel = 'web'): RowFinished => ({
  type: 'committed',
  ...about(quantity),
  channel,
  asked: quantity,
  takenAt,
  fulfilled,
  unfulfilledCode: null,
});
const adjusted = (quantity: number, sequence: number | null): RowFinished => ({
  type: 'booked',
  ...about(quantity),
  kind: 'adjusted',
  sequence,
});
const returned = (quantity: number): RowFinished => ({ type: 'booked', ...about(quantity), kind: 'returned', sequence: 9 });
const opened = (opening: number, sellable = 0, committed = 0) => ({
  type: 'item' as const,
  sku: TEA,
  declared: true,
  opening,
  before: { onHand: { sellable }, committed },
});

describe('what the front must hold by our own log', () => {
  test('a sale is promised, not gone', () => {
    expect(expectedTotals({ item: opened(10), rows: [sold(4, 2)] })).toEqual({ onHand: { sellable: 10 }, committed: 4 });
  });

  test('a sale that was fulfilled is gone, not promised', () => {
    expect(expectedTotals({ item: opened(10), rows: [sold(4, 2, 4)] })).toEqual({ onHand: { sellable: 6 }, committed: 0 });
  });

  test('a return waits in quality control', () => {
    expect(expectedTotals({ item: opened(10), rows: [returned(3), adjusted(-2, 4)] })).toEqual({
      onHand: { sellable: 8, quality_control: 3 },
      committed: 0,
    });
  });

  test('what was there before the run stays there', () => {
    expect(expectedTotals({ item: opened(10, 5, 2), rows: [sold(4, 2)] })).toEqual({ onHand: { sellable: 15 }, committed: 6 });
  });
});

describe('oversold units', () => {
  test('selling all there is oversells nothing', () => {
    expect(oversoldUnits({ item: opened(10), rows: [sold(4, 3), sold(6, 2)] })).toBe(0);
  });

  test('each unit beyond it counts once', () => {
    expect(oversoldUnits({ item: opened(10), rows: [sold(12, 2), sold(1, 3)] })).toBe(3);
  });

  test('units promised to others before the run are not free', () => {
    expect(oversoldUnits({ item: opened(10, 5, 5), rows: [sold(11, 2)] })).toBe(1);
  });

  test('a write-off after the promise is misfortune', () => {
    expect(oversoldUnits({ item: opened(10), rows: [adjusted(-5, 3), sold(10, 2)] })).toBe(0);
  });

  test('a promise after the write-off is overselling', () => {
    expect(oversoldUnits({ item: opened(10), rows: [adjusted(-5, 2), sold(10, 3)] })).toBe(5);
  });

  test('a write-off of which we never heard when it was booked accuses nobody', () => {
    expect(oversoldUnits({ item: opened(10), rows: [adjusted(-5, null), sold(10, 3)] })).toBe(0);
  });
});

describe('units of a campaign', () => {
  const campaign = { type: 'campaign', sku: TEA, channel: 'store', protected: 4 } as const;
  const toTheShop = (quantity: number, takenAt: number) => sold(quantity, takenAt, 0, 'store');

  test('are there for their own channel', () => {
    expect(brokenUnits({ item: opened(10), rows: [sold(6, 2), toTheShop(4, 3)] }, campaign)).toBe(0);
  });

  test('are broken by each unit that another channel takes of them', () => {
    expect(brokenUnits({ item: opened(10), rows: [sold(8, 2)] }, campaign)).toBe(2);
  });

  test('that their channel has used up need not stay', () => {
    expect(brokenUnits({ item: opened(10), rows: [toTheShop(3, 2), sold(6, 3)] }, campaign)).toBe(0);
    expect(brokenUnits({ item: opened(10), rows: [toTheShop(3, 3), sold(7, 2)] }, campaign)).toBe(1);
  });

  test("that were written off are nobody's fault, but nobody else may sell then", () => {
    expect(brokenUnits({ item: opened(10), rows: [sold(6, 2), adjusted(-3, 3)] }, campaign)).toBe(0);
    expect(brokenUnits({ item: opened(10), rows: [adjusted(-7, 2), sold(1, 3)] }, campaign)).toBe(1);
  });
});

describe('a refusal', () => {
  const refused = (code: string, available: number | null) =>
    ({ type: 'refused', ...about(5), at: 'reserve', code, available }) as const;

  test.each([
    ['is explained by less stock than was asked for', refused('insufficient_stock', 4), true],
    ['is not explained by enough stock', refused('insufficient_stock', 5), false],
    ['is not explained when nothing is said about stock', refused('insufficient_stock', null), false],
    ['for another reason is not explained by stock', refused('sku_unknown', 0), false],
  ])('%s', (_, row, explained) => {
    expect(explainedByStock(row)).toBe(explained);
  });
});
