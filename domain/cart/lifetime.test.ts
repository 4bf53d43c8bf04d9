import { describe, expect, test } from 'vitest';
import { channel, reservationId, sku } from '../../test/story/ids.ts';
import type { Line, Term } from '../stock.ts';
import type { Cart, Held } from './cart.ts';
import { closedAtMs, freesItself, freesOf } from './lifetime.ts';

const NO_UNITS = {
  asked: 9,
  at: null,
  open: 0,
  openAt: [],
  owed: 0,
  owedAt: [],
  fulfilled: 0,
  cancelled: 0,
  released: 0,
  expired: 0,
};

function held(units: Partial<Line>, term: Term): Held {
  const reservation = {
    id: reservationId('cart.one'),
    channel: channel('web'),
    buyer: null,
    orderRefs: [],
    createdAtMs: 0,
    split: 'allowed',
    term,
    lines: [{ ...NO_UNITS, line: 1, ...units }],
  } as const;
  return { sku: sku('TEA'), reservation, sequence: 1, asOfMs: 1_000 };
}

const ACTIVE = held({ open: 1 }, { kind: 'active', expiresAtMs: 60_000 });
const PINNED = held({ open: 1 }, { kind: 'pinned', outcomeDueMs: 99_000 });
const OWED = held({ owed: 1 }, { kind: 'closed' });
const OVER = held({ released: 1 }, { kind: 'closed' });

const CART: Cart = {
  id: reservationId('cart.one'),
  attempt: 2,
  stage: 'reserved',
  channel: channel('web'),
  buyer: null,
  mode: 'all_or_nothing',
  split: 'allowed',
  prefer: [],
  only: null,
  orderRefs: [],
  createdAtMs: 500,
  endsAtMs: 60_000,
  lines: [],
  held: [],
  running: null,
  freeing: [],
  operations: 3,
  kept: 1,
  lastNowMs: 20_000,
};

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
