import { describe, expect, test } from 'vitest';
import { sku } from '../../contracts/names.ts';
import { erpAgainstFront, frontAgainstLog } from './compare.ts';

const place = (location: string, on_hand: { sellable?: number; quality_control?: number }, committed: number) => ({
  location,
  on_hand,
  committed,
  reserved: 0,
  safety_stock: 0,
  net: 0,
  withheld: 0,
  available: 0,
});
const TEA = sku.parse('TEA');
const opened = {
  item: { type: 'item' as const, sku: TEA, declared: true, opening: 10, before: { onHand: {}, committed: 0 } },
  rows: [],
};

describe('our log against the front', () => {
  test('agrees over all locations together, for the front chooses where it promises', () => {
    expect(frontAgainstLog(opened, { locations: [place('dc', { sellable: 4 }, 0), place('store', { sellable: 6 }, 0)] })).toEqual(
      [],
    );
  });

  test('names what differs, with both numbers', () => {
    expect(frontAgainstLog(opened, { locations: [place('dc', { sellable: 10 }, 1)] })).toEqual([
      { sku: 'TEA', what: 'front, committed, by our log', expected: 0, found: 1 },
    ]);
  });
});

describe('the front against the ERP', () => {
  const front = { locations: [place('dc', { sellable: 10, quality_control: 2 }, 3)] };
  const erp = (sellable: number) => [
    { location: 'dc', status: 'sellable' as const, on_hand: sellable },
    { location: 'dc', status: 'quality_control' as const, on_hand: 2 },
  ];

  test('[R34] an ERP that hears of the sale when the order is placed has the promised units off its books', () => {
    expect(erpAgainstFront('TEA', 'commit', front, erp(7))).toEqual([]);
    expect(erpAgainstFront('TEA', 'commit', front, erp(10))).toMatchObject([{ expected: 7, found: 10 }]);
  });

  test('[R34] an ERP that hears of it when goods leave has them on its books', () => {
    expect(erpAgainstFront('TEA', 'fulfil', front, erp(10))).toEqual([]);
    expect(erpAgainstFront('TEA', 'fulfil', front, erp(7))).toMatchObject([{ expected: 10, found: 7 }]);
  });

  test('a balance that only one of them has counts as nothing in the other', () => {
    expect(erpAgainstFront('TEA', 'commit', { locations: [] }, erp(7).slice(0, 1))).toMatchObject([{ expected: 0, found: 7 }]);
    expect(erpAgainstFront('TEA', 'commit', front, [])).toMatchObject([
      { expected: 7, found: 0 },
      { expected: 2, found: 0 },
    ]);
  });
});
