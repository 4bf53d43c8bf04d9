import { describe, expect, test } from 'vitest';
import { CLOSED, held, keptCart } from '../../test/cart/kept-cart.ts';
import { reservationId, sku } from '../../test/story/ids.ts';
import { closedAtMs, freesItself, freesOf } from './lifetime.ts';

const ACTIVE = held('TEA', { open: 1 });
const PINNED = held('TEA', { open: 1 }, { kind: 'pinned', outcomeDueMs: 99_000 });
const OWED = held('TEA', { owed: 1 }, CLOSED);
const OVER = held('TEA', { released: 1 }, CLOSED);

const CART = keptCart({ attempt: 2, createdAtMs: 500, lastNowMs: 20_000 });

describe('[R8] from when on a cart promises nothing', () => {
  test.each([
    ['at once where it was never reserved', { stage: 'refused', held: [ACTIVE] }, 20_000],
    ['at once where all of it is over', { held: [OVER] }, 20_000],
    ['at its end while only its deadline runs', { held: [ACTIVE, OVER] }, 60_000],
    ['never before it was looked at', { held: [ACTIVE], lastNowMs: 70_000 }, 70_000],
    ['nobody knows while something of it is owed', { held: [ACTIVE, OWED] }, null],
    ['nobody knows while all of it is pinned', { held: [PINNED] }, null],
  ] as const)('%s', (_, cart, expected) => {
    expect(closedAtMs({ ...CART, ...cart })).toBe(expected);
  });
});

describe('[R20] what a cart gave up', () => {
  const attempt = (number: number) => ({
    sku: sku('TEA'),
    heldAs: reservationId(number === 1 ? 'cart.one' : `cart.one~${number}`),
    number: 2,
  });

  test('is told to each object under the name that it knows, and leaves a tombstone', () => {
    expect(freesOf(CART, [attempt(1)])).toEqual([
      {
        sku: 'TEA',
        reservation: 'cart.one',
        command: { type: 'release', reservation: 'cart.one', caller: null, lines: null, tombstone: true },
        key: { hash: '2.free', fingerprint: '500', order: 23 },
        onlyCheck: false,
      },
    ]);
  });

  test('is in the way of the next request only where it is what the cart holds now', () => {
    expect(freesItself({ ...CART, freeing: [attempt(1), attempt(2)] })).toBe(true);
    expect(freesItself({ ...CART, freeing: [attempt(1)] })).toBe(false);
    expect(freesItself({ ...CART, stage: 'aborted', freeing: [attempt(2)] })).toBe(false);
  });
});
