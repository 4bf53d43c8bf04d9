import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_UNITS } from '../../test/cart/kept-cart.ts';
import { location, sku } from '../../test/story/ids.ts';
import { grantedOf } from '../reservation.ts';
import type { Line } from '../stock.ts';
import { placedUnits, unitsByClass, type HeldPart } from './units.ts';

/** A part of which so many units make one kit. */
function part(name: string, units: number, held: Partial<Line> | null): HeldPart {
  return { part: { sku: sku(name), units }, held: undefined, line: held === null ? undefined : { ...NO_UNITS, ...held } };
}

const at = (name: string, quantity: number) => ({ location: location(name), quantity });

describe('[R22c] how far the kits of a line are', () => {
  test.each([
    ['all parts alike', [part('TEA', 2, { open: 6 }), part('MUG', 1, { open: 3 })], { open: 3 }],
    [
      'as far as the part that is least far',
      [part('TEA', 2, { fulfilled: 4, owed: 2 }), part('MUG', 1, { owed: 3 })],
      { owed: 3 },
    ],
    [
      'one kit left, two to go',
      [part('TEA', 2, { fulfilled: 4, owed: 2 }), part('MUG', 1, { fulfilled: 1, owed: 2 })],
      { fulfilled: 1, owed: 2 },
    ],
    ['parts that make no whole kit are none', [part('TEA', 2, { open: 5 }), part('MUG', 1, { open: 9 })], { open: 2 }],
    ['a part that was never granted', [part('TEA', 2, { open: 6 }), part('MUG', 1, null)], {}],
    [
      'a part that was taken back',
      [part('TEA', 2, { open: 4 }), part('MUG', 1, { open: 1, released: 1 })],
      { open: 1, released: 1 },
    ],
  ])('%s', (_, parts, kits) => {
    const none = { open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 };
    expect(unitsByClass(parts)).toEqual({ ...none, ...kits });
  });

  test('placed together, and placed at all', () => {
    const tea = part('TEA', 2, { open: 8, openAt: [at('dc', 6), at('store', 2)] });
    const mug = part('MUG', 1, { open: 3, openAt: [at('dc', 1)], owed: 1, owedAt: [at('store', 1)] });
    expect(placedUnits([tea, mug])).toEqual({ units: 2, at: [at('dc', 1), at('store', 1)] });
  });

  test('[I3] every kit is in one class, and they add up to the kits that all parts make', () => {
    const units = fc.nat({ max: 20 });
    const classes = fc.record({ open: units, owed: units, fulfilled: units, cancelled: units, released: units, expired: units });
    const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), classes), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, (drawn) => {
        const held = drawn.map(([one, counts], index) => part(`P${index}`, one, counts));
        const kits = unitsByClass(held);
        expect(Object.values(kits).every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
        expect(grantedOf(kits)).toBe(Math.min(...drawn.map(([one, counts]) => Math.floor(grantedOf(counts) / one))));
      }),
    );
  });
});
