import { describe } from 'vitest';
import { committed, expired, extended, grown, released, retaken } from '../test/story/events.ts';
import { commit, extend, extendUntil, pin, policy, receive, release, reserve, resize, unpin } from '../test/story/orders.ts';
import { alarm, placesOf, status } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

describe('[R15] a resize', () => {
  story('of what may be split takes more from anywhere', [
    [0, receive(3, 'dc')],
    [0, receive(2, 'store')],
    [0, reserve('a', 3)],
    [0, resize('a', 5), [grown('a', 2)]],
    [0, placesOf('a'), { dc: 3, store: 2 }],
  ]);

  story('that names a line which is not there is refused as a whole', [
    [0, receive(9)],
    [0, reserve('a', [2, 1])],
    [0, resize('a', { 1: 1, 3: 1 }), 'exceeds_reservation'],
  ]);

  story('frees units where they are, and nowhere else', [
    [0, receive(2, 'dc')],
    [0, receive(2, 'store')],
    [
      0,
      reserve('a', [
        [2, 'dc'],
        [2, 'store'],
      ]),
    ],
    [0, resize('a', { 1: 1, 2: 3 }), { code: 'insufficient_stock', lines: [{ line: 2, requested: 3, available: 2 }] }],
  ]);

  story('lets one line have what another gives up, and no more', [
    [0, receive(4)],
    [0, reserve('a', [3, 1])],
    [0, resize('a', { 1: 2, 2: 3 }), { code: 'insufficient_stock', lines: [{ line: 2, requested: 3, available: 2 }] }],
    [0, resize('a', { 1: 2, 2: 2 })],
  ]);

  story('lets one line wait for what another no longer waits for', [
    [0, policy({ backorderLimit: 3 })],
    [0, reserve('a', [2, 1])],
    [0, resize('a', { 1: 1, 2: 3 }), 'insufficient_stock'],
    [0, resize('a', { 1: 1, 2: 2 }), [released('a', 1, 'resized'), grown('a', 1)]],
  ]);

  story('gives nothing back to a channel that it is not of', [
    [0, receive(10)],
    [0, policy({ quotas: { market: { protected: 5 } } })],
    [0, reserve('a', [3, 2])],
    [0, resize('a', { 1: 2, 2: 3 }), [released('a', 1, 'resized'), grown('a', 1)]],
  ]);
});

describe('[R13] the end of a cart', () => {
  story('that is set back to this very moment has come', [
    [0, receive(5)],
    [0, reserve('a', 1, { cart: { endsAtMs: 9_000 } })],
    [5_000, extendUntil('a', 5_001), [extended('a', 5_001)]],
    [5_000, extendUntil('a', 5_000), [extended('a', 5_000), expired(['a', 5_000])]],
  ]);

  story('that is as it was is no change', [
    [0, receive(5)],
    [0, reserve('a', 1, { cart: { endsAtMs: 9_000 } })],
    [0, extendUntil('a', 9_000), 'no change'],
  ]);

  story('that has come is not moved by taking a pin off', [
    [0, receive(5)],
    [0, reserve('a', 1, { ttlMs: 1_000 })],
    [1_000, unpin('a', 9_000), 'reservation_expired'],
  ]);

  story('moves nothing that is pinned, unless the pin is taken off', [
    [0, receive(5)],
    [0, reserve('a', 1)],
    [0, pin('a')],
    [0, extendUntil('a', 9_000), 'reservation_pinned'],
    [0, extend('a', 9_000), 'reservation_pinned'],
    [0, unpin('a', 9_000), [extended('a', 9_000)]],
    [0, status('a'), 'active'],
  ]);
});

describe('[R18] what lapsed', () => {
  story('is taken anew from the place that it named, or not at all', [
    [0, receive(2, 'dc')],
    [0, receive(9, 'store')],
    [0, reserve('a', 2, { at: 'dc', ttlMs: 1_000 })],
    [1_000, reserve('b', 1, { at: 'dc' })],
    [1_000, pin('a'), { code: 'insufficient_stock', lines: [{ line: 1, requested: 2, available: 1 }] }],
    [1_000, release('b')],
    [1_000, pin('a'), [retaken('a', 2)]],
    [1_000, placesOf('a'), { dc: 2 }],
  ]);

  story('is taken anew without the lines of which nothing lapsed', [
    [0, receive(2)],
    [0, reserve('a', [2, 1], { ttlMs: 1_000, mode: 'partial' })],
    [1_000, pin('a'), [expired(['a', 1_000]), retaken('a', 2)]],
  ]);

  story('beside units that were given back is taken anew by a cart that says how much, and by nobody else', [
    [0, receive(9)],
    [0, reserve('a', [3, 1, 1], { ttlMs: 1_000 })],
    [0, release('a', { 1: 1, 2: 1 })],
    [0, pin('a', { lines: { 1: 1 } })],
    [0, unpin('a', 1_000)],
    [1_000, alarm],
    [1_000, status('a'), 'released'],
    [1_000, pin('a'), 'reservation_released'],
    [1_000, pin('a', {}), 'reservation_released'],
    [1_000, pin('a', { anew: false, lines: { 1: 2 } }), 'reservation_released'],
    [1_000, pin('a', { lines: { 1: 3 } }), 'exceeds_reservation'],
    [1_000, pin('a', { lines: { 1: 2 } }), [retaken('a', 2)]],
  ]);

  story('is not there to be taken anew where all was given back', [
    [0, receive(9)],
    [0, reserve('a', 2)],
    [0, release('a')],
    [0, pin('a', { lines: { 1: 1 } }), 'reservation_released'],
  ]);

  story('is not taken anew by a commit of nothing', [
    [0, receive(9)],
    [0, reserve('a', 2, { ttlMs: 1_000 })],
    [1_000, alarm],
    [1_000, commit('a', 0, { reacquire: true }), 'no change'],
    [1_000, commit('a', 1, { reacquire: true }), [retaken('a', 1), committed('a', 1)]],
  ]);
});

describe('[R17] a commit', () => {
  story('that asks for too much of one line sells nothing of the other', [
    [0, receive(9)],
    [0, reserve('a', [2, 1])],
    [0, commit('a', { 1: 1, 2: 2 }), 'exceeds_reservation'],
    [0, commit('a', { 1: 1, 3: 1 }), 'exceeds_reservation'],
  ]);

  story('is one entry for each place, with its lines alone', [
    [0, receive(9, 'dc')],
    [0, receive(9, 'store')],
    [
      0,
      reserve('a', [
        [2, 'dc'],
        [1, 'store'],
      ]),
    ],
    [0, commit('a'), [committed('a', 2, 'dc'), committed('a', 1, 'store')]],
  ]);

  story('leaves a line open that lapses beside the one that was sold', [
    [0, receive(9)],
    [0, reserve('a', [2, 1])],
    [0, commit('a', { 1: 2 }, { keepRest: true })],
    [60_000, alarm, [expired(['a', 60_000])]],
    [60_000, status('a'), 'committed'],
  ]);
});
