import { describe } from 'vitest';
import { expired, handedOver } from '../test/story/events.ts';
import { asChannel, commit, fulfill, handOver, pin, policy, receive, release, reserve } from '../test/story/orders.ts';
import { status } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

const CAPPED = policy({ buyerCap: { quantity: 4, periodSeconds: 60 } });

describe('[R41] a reservation goes to another owner', () => {
  story('and keeps its units, its places and its deadline', [
    [0, receive(5)],
    [1_000, reserve('a', 3, { buyer: 'guest' })],
    [2_000, handOver('a', { buyer: 'ann', reference: 'CART-7' }), [handedOver('a', 'ann', 'CART-7')]],
    [2_000, reserve('b', 3), { code: 'insufficient_stock', lines: [{ line: 1, requested: 3, available: 2 }] }],
    [60_999, handOver('a', { reference: 'CART-8' }), [handedOver('a', 'ann', 'CART-8')]],
    [61_000, handOver('a', { buyer: 'bob' }), 'reservation_expired'],
  ]);

  story('also while it is pinned, and while an order owes it', [
    [0, receive(5)],
    [0, reserve('a', 3)],
    [0, pin('a')],
    [1_000, handOver('a', { buyer: 'ann' }), [handedOver('a', 'ann', null)]],
    [1_000, commit('a')],
    [2_000, handOver('a', { reference: 'ORDER-1' }), [handedOver('a', 'ann', 'ORDER-1')]],
    [3_000, fulfill('a')],
    [4_000, handOver('a', { buyer: 'bob' }), 'already_fulfilled'],
  ]);

  story('that may have what it still promises and what has left of it, or as much of that as the cap leaves', [
    [0, receive(9)],
    [0, CAPPED],
    [0, reserve('b', 2, { buyer: 'bob' })],
    [0, reserve('a', 3, { buyer: 'ann' })],
    [0, commit('a', 2, { keepRest: true })],
    [0, fulfill('a', 1)],
    [0, handOver('a', { buyer: 'bob' }), { code: 'buyer_cap_exceeded', lines: [{ line: 1, requested: 3, available: 2 }] }],
    [0, handOver('a', { buyer: 'eve' }), [handedOver('a', 'eve', null)]],
  ]);

  story('whatever the new one had, once it began before the period of the cap', [
    [0, receive(9)],
    [0, CAPPED],
    [0, reserve('a', 3, { buyer: 'ann', ttlMs: 90_000 })],
    [1, reserve('b', 4, { buyer: 'bob', ttlMs: 90_000 })],
    [59_999, handOver('a', { buyer: 'bob' }), 'buyer_cap_exceeded'],
    [60_000, handOver('a', { buyer: 'bob' }), [handedOver('a', 'bob', null)]],
  ]);

  story('or stays where it is, when it is theirs already', [
    [0, receive(5)],
    [0, reserve('a', 3, { buyer: 'ann' })],
    [0, handOver('a', { buyer: 'ann' }), 'no change'],
  ]);

  story('but not by whoever does not own it', [
    [0, receive(5)],
    [0, reserve('a', 3)],
    [0, asChannel('till', handOver('a', { buyer: 'mallory' })), 'reservation_not_found'],
  ]);
});

describe('[R41] the new buyer must be allowed what they get', () => {
  story('and is told for each line what is left for them', [
    [0, receive(20)],
    [0, CAPPED],
    [0, reserve('hers', 2, { buyer: 'ann' })],
    [0, reserve('his', [2, 2], { buyer: 'bob' })],
    [0, handOver('his', { buyer: 'ann' }), { code: 'buyer_cap_exceeded', lines: [{ line: 2, requested: 2, available: 0 }] }],
    [0, release('hers')],
    [0, handOver('his', { buyer: 'ann' }), [handedOver('his', 'ann', null)]],
  ]);

  story('the old one has it back', [
    [0, receive(20)],
    [0, CAPPED],
    [0, reserve('a', 4, { buyer: 'bob' })],
    [0, handOver('a', { buyer: 'ann' })],
    [0, reserve('b', 4, { buyer: 'bob' })],
    [0, reserve('c', 1, { buyer: 'ann' }), 'buyer_cap_exceeded'],
  ]);

  story('what began before the period of the cap counts no more', [
    [0, receive(20)],
    [0, CAPPED],
    [0, reserve('a', 3, { buyer: 'bob', ttlMs: 300_000 })],
    [50_000, reserve('b', 4, { buyer: 'ann' })],
    [60_000, handOver('a', { buyer: 'ann' }), [handedOver('a', 'ann', null)]],
  ]);

  story('a reference alone asks nobody', [
    [0, receive(20)],
    [0, reserve('a', 3, { buyer: 'bob' })],
    [0, policy({ buyerCap: { quantity: 1, periodSeconds: 60 } })],
    [0, handOver('a', { reference: 'ORDER-1' }), [handedOver('a', 'bob', 'ORDER-1')]],
  ]);
});

describe('[R41] what a cart could not hand over as a whole it takes back', () => {
  story('whatever the first owner has taken meanwhile', [
    [0, receive(20)],
    [0, CAPPED],
    [0, reserve('a', 3, { buyer: 'ann' })],
    [0, handOver('a', { buyer: 'bob' })],
    [0, reserve('b', 4, { buyer: 'ann' })],
    [0, handOver('a', { buyer: 'ann' }), 'buyer_cap_exceeded'],
    [0, handOver('a', { buyer: 'ann', back: true }), [handedOver('a', 'ann', null)]],
  ]);

  story('for nobody in particular, who had it before', [
    [0, receive(20)],
    [0, CAPPED],
    [0, reserve('a', 3)],
    [0, handOver('a', { buyer: 'bob' })],
    [0, handOver('a', { buyer: null }), [handedOver('a', null, null)]],
  ]);

  story('even where it has lapsed, for it may be taken anew', [
    [0, receive(20)],
    [0, reserve('a', 3, { buyer: 'ann', ttlMs: 1_000 })],
    [0, handOver('a', { buyer: 'bob', reference: 'CART-7' })],
    [1_000, handOver('a', { buyer: 'ann', reference: null, back: true }), [expired(['a', 1_000]), handedOver('a', 'ann', null)]],
    [2_000, pin('a')],
    [2_000, status('a'), 'pinned'],
  ]);
});
