import { describe, expect, test } from 'vitest';
import { cancel, commit, fulfill, moved, pin, policy, receive, release, reserve, resize } from '../test/story/orders.ts';
import { ats, placesOf, units } from '../test/story/questions.ts';
import { reservationId } from '../test/story/ids.ts';
import { story, World } from '../test/story/story.ts';
import { leftForBuyer } from './buyer-cap.ts';

const DAY_SECONDS = 86_400;
const two = { buyerCap: { quantity: 2, periodSeconds: DAY_SECONDS } };
const five = { buyerCap: { quantity: 5, periodSeconds: DAY_SECONDS } };
const left = (available: number, requested: number, code = 'buyer_cap_exceeded') => ({
  code,
  lines: [{ line: 1, requested, available }],
});

describe('[R27c] what one buyer may have', () => {
  story('is counted over all their reservations, whatever the channel', [
    [0, receive(10)],
    [0, policy(two)],
    [0, reserve('a', 1, { buyer: 'ann' })],
    [0, reserve('b', 2, { buyer: 'ann', channel: 'market' }), left(1, 2)],
    [0, reserve('c', 1, { buyer: 'ann', channel: 'market' })],
    [0, reserve('d', 1, { buyer: 'ann' }), left(0, 1)],
    [0, reserve('e', 2, { buyer: 'bob' })],
  ]);

  story('is given back by what is released, cancelled or lapses, and not by what has left', [
    [0, receive(10)],
    [0, policy(five)],
    [0, reserve('released', 1, { buyer: 'ann' })],
    [0, reserve('lapsed', 1, { buyer: 'ann', ttlMs: 1_000 })],
    [0, reserve('sold', 3, { buyer: 'ann' })],
    [0, commit('sold')],
    [500, reserve('x', 1, { buyer: 'ann' }), left(0, 1)],
    [500, release('released')],
    [500, cancel('sold', 1)],
    [500, fulfill('sold')],
    [1_000, reserve('y', 4, { buyer: 'ann' }), left(3, 4)],
    [1_000, moved('returned', 2)],
    [1_000, reserve('z', 3, { buyer: 'ann' })],
  ]);

  story('looks back for its period, to reservations that began after that', [
    [0, receive(10)],
    [0, policy(two)],
    [0, reserve('a', 2, { buyer: 'ann' })],
    [0, commit('a')],
    [0, fulfill('a')],
    [DAY_SECONDS * 1_000 - 1, reserve('b', 1, { buyer: 'ann' }), left(0, 1)],
    [DAY_SECONDS * 1_000, reserve('c', 2, { buyer: 'ann' })],
  ]);

  story('is asked of each reservation by itself where nobody says who buys', [
    [0, receive(10)],
    [0, policy(two)],
    [0, reserve('a', 2)],
    [0, reserve('b', 2)],
    [0, reserve('c', 3), left(2, 3)],
    [0, resize('a', 3), left(2, 3)],
  ]);

  story('is spread over the lines in their order', [
    [0, receive(10)],
    [0, policy(five)],
    [
      0,
      reserve('a', [3, 3, 1], { buyer: 'ann' }),
      {
        code: 'buyer_cap_exceeded',
        lines: [
          { line: 2, requested: 3, available: 2 },
          { line: 3, requested: 1, available: 0 },
        ],
      },
    ],
    [0, reserve('b', [3, 3, 1], { buyer: 'ann', mode: 'partial' })],
    [0, units('b', 1), { open: 3 }],
    [0, units('b', 2), { open: 2 }],
    [0, units('b', 3), {}],
    [0, reserve('c', 1, { buyer: 'ann', mode: 'partial' }), left(0, 1)],
  ]);

  story('takes the units of a partial grant from one place where one has enough for what is left', [
    [0, receive(3, 'dc')],
    [0, receive(4, 'store')],
    [0, policy(two)],
    [0, reserve('a', 6, { buyer: 'ann', mode: 'partial' })],
    [0, placesOf('a'), { dc: 2 }],
  ]);

  story('and the stock: the one that leaves less is named, and what it says can be had', [
    [0, receive(4)],
    [0, policy(five)],
    [0, reserve('a', 9, { buyer: 'ann' }), left(4, 9, 'insufficient_stock')],
    [0, reserve('b', 2, { buyer: 'ann' })],
    [0, reserve('c', 9, { buyer: 'ann' }), left(2, 9, 'insufficient_stock')],
    [0, receive(1)],
    [0, reserve('c', 9, { buyer: 'ann' }), left(3, 9, 'insufficient_stock')],
    [0, receive(4)],
    [0, reserve('d', 9, { buyer: 'ann' }), left(3, 9)],
    [0, reserve('e', 3, { buyer: 'ann' })],
  ]);

  story('binds whoever asks for more, and nobody who asks for less', [
    [0, receive(20)],
    [0, policy(five)],
    [0, reserve('a', [4, 1], { buyer: 'ann' })],
    [0, resize('a', { 1: 5 }), left(4, 5)],
    [0, resize('a', { 1: 2, 2: 3 })],
    [0, policy(two)],
    [0, resize('a', { 1: 1, 2: 4 })],
    [0, resize('a', { 2: 3 })],
    [0, resize('a', { 2: 4 }), { code: 'buyer_cap_exceeded', lines: [{ line: 2, requested: 4, available: 3 }] }],
  ]);

  story('is asked only for the difference, also by what began too long ago to count itself', [
    [0, receive(20)],
    [0, policy({ buyerCap: { quantity: 5, periodSeconds: 60 } })],
    [0, reserve('a', [1, 2], { buyer: 'ann', ttlMs: 120_000 })],
    [59_999, resize('a', { 1: 5, 2: 1 }), left(4, 5)],
    [60_000, resize('a', { 1: 8, 2: 1 }), left(7, 8)],
    [60_000, resize('a', { 1: 7, 2: 1 })],
  ]);

  story('binds what is taken anew', [
    [0, receive(20)],
    [0, policy(five)],
    [0, reserve('a', 4, { buyer: 'ann', ttlMs: 1_000 })],
    [1_000, reserve('b', 3, { buyer: 'ann' })],
    [1_000, pin('a'), left(2, 4)],
    [1_000, commit('a', 2, { reacquire: true })],
    [1_000, ats(), 15],
  ]);

  story('changes nothing that was promised before', [
    [0, receive(20)],
    [0, reserve('a', 4, { buyer: 'ann' })],
    [0, policy(two)],
    [0, pin('a')],
    [0, commit('a')],
    [0, reserve('b', 1, { buyer: 'ann' }), left(0, 1)],
  ]);
});

test('[R27c] what left for a buyer still counts when its reservation was put away, and once while it was not', () => {
  const world = new World();
  for (const command of [receive(9), policy(five), reserve('a', 1, { buyer: 'ann' })]) world.do(90_000_000, command);
  const boughtSince = (buyer: string, sinceMs: number) =>
    buyer === 'ann' && sinceMs === 3_600_001
      ? [
          { reservation: reservationId('gone'), fulfilled: 2 },
          { reservation: reservationId('a'), fulfilled: 1 },
        ]
      : [];
  const left = (buyer: string | null) =>
    leftForBuyer(world.stock, { id: reservationId('new'), buyer }, { nowMs: 90_000_001, buyers: { boughtSince } });
  expect([left('ann'), left('bob'), left(null)]).toEqual([2, 5, 5]);
});
