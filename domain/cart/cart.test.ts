import { describe, expect, test } from 'vitest';
import { ACTIVE, CLOSED, held, keptCart, NO_UNITS } from '../../test/cart/kept-cart.ts';
import { reservationId, sku } from '../../test/story/ids.ts';
import type { Term } from '../stock.ts';
import { reserving } from './begin.ts';
import { heldAs, isOpen, publicId, skusOf, whole } from './cart.ts';
import { isStored } from './progress.ts';

const PINNED: Term = { kind: 'pinned', outcomeDueMs: 99_000 };
const termOf = (...holds: Parameters<typeof whole>[0]['held']): Term => whole({ held: holds }).term;

describe('[R24] a cart is as firm as the least firm of what is open of it', () => {
  const twoLines = { open: 0, fulfilled: 1 };

  test.each([
    ['active where one item is not pinned yet', [held('TEA', { open: 1 }, PINNED), held('MUG', { open: 1 })], ACTIVE],
    ['pinned where all is', [held('TEA', { open: 1 }, PINNED), held('MUG', { open: 1 }, PINNED)], PINNED],
    ['pinned where nothing is open of the other', [held('TEA', { open: 1 }, PINNED), held('MUG', twoLines)], PINNED],
    ['closed where nothing is open', [held('TEA', { owed: 1 }, CLOSED), held('MUG', { released: 1 }, CLOSED)], CLOSED],
    ['closed where nothing was granted', [{ ...held('TEA', {}), reservation: null }], CLOSED],
  ])('%s', (_, holds, term) => {
    expect(termOf(...holds)).toEqual(term);
  });

  test('open as long as one of its lines is', () => {
    const one = held('TEA', {}, ACTIVE);
    const lines = [NO_UNITS, { ...NO_UNITS, line: 2, open: 1 }];
    const both = one.reservation === null ? one : { ...one, reservation: { ...one.reservation, lines } };
    expect([isOpen(both), isOpen(one), isOpen({ ...one, reservation: null })]).toEqual([true, false, false]);
    expect(termOf(both)).toEqual(ACTIVE);
  });
});

test('[R20] each attempt of a cart has a name of its own in its objects, and all of them one public id', () => {
  const id = reservationId('cart.one');
  const names = [1, 2, 3].map((attempt) => heldAs({ id, attempt }));
  expect(names).toEqual(['cart.one', 'cart.one~2', 'cart.one~3']);
  expect(names.map(publicId)).toEqual([id, id, id]);
});

test('[R16] an item of which no line takes anything is not asked', () => {
  const line = (number: number, name: string, more: object) => {
    return { line: number, sku: sku(name), quantity: 2, at: null, parts: [{ sku: sku(name), units: 1 }], ...more };
  };
  expect(skusOf({ lines: [line(1, 'TEA', {}), line(2, 'MUG', { stopSell: true }), line(3, 'POT', { most: 0 })] })).toEqual([
    'TEA',
  ]);
});

test('[R23] steps that change something are written down before anybody is asked, the others are not', () => {
  const steps = ['look', 'check', 'try', 'undo', 'do', 'after', 'see'] as const;
  expect(steps.filter(isStored)).toEqual(['try', 'undo', 'do', 'after']);
});

test('[R8] a cart that is there is not reserved once more', () => {
  const wish = { channel: keptCart({}).channel, buyer: null, ttlMs: 1, lines: [], mode: 'partial', split: 'allowed' } as const;
  const command = { type: 'reserve', cart: reservationId('cart.one'), prefer: [], candidates: [], ...wish } as const;
  const request = { key: { hash: 'key', fingerprint: 'same' }, correlationId: 'c' };
  expect(() => reserving(keptCart({}), command, request, 0)).toThrow('reserved once');
});
