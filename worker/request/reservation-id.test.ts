import { expect, test } from 'vitest';
import { sku as skuSchema } from '../../contracts/names.ts';
import { fingerprintOf } from './fingerprint.ts';
import { cartIdOf, requestHash, reservationIdOf, reservationNamed } from './reservation-id.ts';

test.each(['A', 'TEA-GREEN-100', 'Café ☕ 茶', 'a/b?c#d', '🍵'.repeat(30)])(
  'the id of a reservation of %j leads back to it',
  async (text) => {
    const sku = skuSchema.parse(text);
    const id = reservationIdOf(sku, await requestHash('key', 'once'));
    expect(id).toMatch(/^[\w-]+\.[\w-]{22}$/);
    expect(reservationNamed(id)).toMatchObject({ id, sku });
  },
);

test('the id of a cart leads to its coordinator', async () => {
  const hash = await requestHash('key', 'once');
  expect(reservationNamed(cartIdOf(hash))).toEqual({ id: `cart.${hash}`, sku: null, hash });
});

test('[R2] the same key of two callers comes to two ids, also where their parts run together', async () => {
  const hashes = await Promise.all([requestHash('a', 'bc'), requestHash('ab', 'c'), requestHash('a', 'bd')]);
  expect(new Set(hashes).size).toBe(3);
});

test.each([
  '',
  '.',
  'QQ',
  'QQ.short',
  `QQ==.${'A'.repeat(22)}`,
  `QR.${'A'.repeat(22)}`,
  `carts.${'A'.repeat(22)}`,
  'cart.short',
  `QQ.${'A'.repeat(23)}`,
  `IEE.${'A'.repeat(22)}`,
  `Q2FmZcyB.${'A'.repeat(22)}`,
  `_w.${'A'.repeat(22)}`,
])('%j is no id of ours', (text) => {
  expect(reservationNamed(text)).toBeNull();
});

test('[R3] a fingerprint sees content, not order; absent is not null', async () => {
  const [a, b, absent, empty, list, other] = await Promise.all([
    fingerprintOf({ x: [{ a: 1, b: 2 }], y: null }),
    fingerprintOf({ y: null, x: [{ b: 2, a: 1 }] }),
    fingerprintOf({ x: [{ a: 1, b: 2 }] }),
    fingerprintOf({}),
    fingerprintOf([1, 2]),
    fingerprintOf([2, 1]),
  ]);
  expect(a).toBe(b);
  expect(new Set([a, absent, empty, list, other]).size).toBe(5);
});
