import { cancelled, committed, expired, extended, grown, released, reserved, retaken, shipped } from '../test/story/events.ts';
import {
  asChannel,
  cancel,
  commit,
  extend,
  fulfill,
  moved,
  pin,
  policy,
  receive,
  release,
  reserve,
  resize,
} from '../test/story/orders.ts';
import { ats, onHand, placesOf, status, units } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

const DAY_MS = 86_400_000;
const BILLION = 1_000_000_000;

story('[R13] an extension counts from now', [
  [0, receive(1)],
  [0, reserve('a', 1, { ttlMs: 60_000 })],
  [30_000, extend('a', 60_000), [extended('a', 90_000)]],
]);

story('[R13] an extension never brings the end nearer', [
  [0, receive(1)],
  [0, reserve('a', 1, { ttlMs: 60_000 })],
  [10_000, extend('a', 50_000), 'no change'],
  [10_000, extend('a', 50_001), [extended('a', 60_001)]],
  [11_000, extend('a', 1), 'no change'],
]);

story('[R13] a reservation can be extended until one millisecond before its end', [
  [0, receive(2)],
  [0, reserve('a', 1, { ttlMs: 60_000 })],
  [0, reserve('b', 1, { ttlMs: 60_000 })],
  [59_999, extend('a', 60_000), [extended('a', 119_999)]],
  [60_000, extend('b', 60_000), 'reservation_expired'],
]);

story('[R13] nothing is extended beyond the maximum age', [
  [0, receive(1)],
  [0, reserve('a', 1, { ttlMs: DAY_MS - 1 })],
  [1_000, extend('a', DAY_MS), [extended('a', DAY_MS)]],
  [2_000, extend('a', DAY_MS), 'no change'],
  [DAY_MS, extend('a', 3_600_000), 'reservation_expired'],
]);

story('[R14] a billion units are counted to the last one', [
  [0, receive(BILLION)],
  [0, receive(BILLION)],
  [0, moved('adjusted', -1)],
  [0, reserve('a', BILLION)],
  [0, ats(), BILLION - 1],
  [0, reserve('b', BILLION), { code: 'insufficient_stock', lines: [{ line: 1, requested: BILLION, available: BILLION - 1 }] }],
  [0, reserve('c', BILLION - 1)],
  [0, ats(), 0],
]);

story('[R14] zero units may be committed, released, fulfilled and cancelled', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, release('a', 0), 'no change'],
  [0, commit('a', 0, { keepRest: true }), 'no change'],
  [0, commit('a', 3, { keepRest: true })],
  [0, fulfill('a', 0), 'no change'],
  [0, cancel('a', 0), 'no change'],
  [0, units('a'), { open: 2, owed: 3 }],
]);

story('[R15] a resize checks the difference only', [
  [0, receive(10)],
  [0, reserve('a', 8)],
  [0, resize('a', 10), [grown('a', 2)]],
  [0, resize('a', 11), { code: 'insufficient_stock', lines: [{ line: 1, requested: 11, available: 10 }] }],
  [0, resize('a', 10), 'no change'],
  [0, resize('a', 4), [released('a', 6, 'resized')]],
  [0, ats(), 6],
]);

story('[R15] what one line gives up, another may take in the same turn', [
  [0, receive(10)],
  [0, reserve('a', [6, 4])],
  [0, resize('a', { 1: 3, 2: 7 }), [released('a', 3, 'resized'), grown('a', 3)]],
  [0, units('a', 2), { open: 7 }],
  [0, ats(), 0],
]);

story('[R15] a line that is not named keeps its size', [
  [0, receive(10)],
  [0, reserve('a', [6, 4])],
  [0, resize('a', { 2: 1 })],
  [0, units('a', 1), { open: 6 }],
]);

story('[R15] a line that is not there cannot be resized', [
  [0, receive(10)],
  [0, reserve('a', 6)],
  [0, resize('a', { 2: 1 }), 'exceeds_reservation'],
]);

story('[R15] several lines of one SKU are checked as their sum', [
  [0, receive(10)],
  [0, reserve('a', [6, 5]), { code: 'insufficient_stock', lines: [{ line: 2, requested: 5, available: 4 }] }],
  [0, reserve('b', [6, 4])],
  [0, ats(), 0],
]);

story('[R15] a line that names its place is served before one that does not mind', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', [5, [5, 'dc']])],
  [0, placesOf('a', 1), { store: 5 }],
  [0, placesOf('a', 2), { dc: 5 }],
]);

story('[R16] a partial reservation grants what there is', [
  [0, receive(3)],
  [0, reserve('a', 5, { mode: 'partial' }), [reserved('a', 3, { lines: [{ asked: 5, quantity: 3 }] })]],
  [0, ats(), 0],
]);

story('[R16] a partial reservation of nothing is refused', [
  [0, reserve('a', 5, { mode: 'partial' }), { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 0 }] }],
  [0, receive(1)],
  [0, reserve('a', 5, { mode: 'partial' }), [reserved('a', 1)]],
]);

story('[R16] a partial reservation may leave a line with nothing', [
  [0, receive(3)],
  [
    0,
    reserve('a', [3, 2], { mode: 'partial' }),
    [
      {
        lines: [
          { asked: 3, quantity: 3 },
          { asked: 2, quantity: 0 },
        ],
      },
    ],
  ],
]);

story('[R17] a commit frees what it does not take', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a', 3), [committed('a', 3, 'dc'), released('a', 2, 'rest')]],
  [0, ats(), 2],
  [0, units('a'), { owed: 3, released: 2 }],
]);

story('[R17] a commit that keeps the rest can be followed by another', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a', 3, { keepRest: true }), [committed('a', 3)]],
  [0, status('a'), 'active'],
  [0, commit('a', 3), 'exceeds_reservation'],
  [0, commit('a', 2), [committed('a', 2)]],
  [0, status('a'), 'committed'],
]);

story('[R17] a commit takes all open units and not one more', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a', 6), 'exceeds_reservation'],
  [0, commit('a', 5), [committed('a', 5)]],
]);

story('[R17] a commit of nothing is a release', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a', 0), [released('a', 5, 'rest')]],
  [0, status('a'), 'released'],
]);

story('[R17] lines that a commit does not name count as 0', [
  [0, receive(9)],
  [0, reserve('a', [5, 4])],
  [
    0,
    commit('a', { 2: 4 }),
    [
      { type: 'committed', lines: [{ line: 2, quantity: 4 }] },
      { type: 'released', lines: [{ line: 1, quantity: 5 }] },
    ],
  ],
]);

story('[R17] lines that a release, a cancel or a fulfil does not name stay as they are', [
  [0, receive(12)],
  [0, reserve('a', [4, 4, 4])],
  [0, release('a', { 1: 4 })],
  [0, units('a', 2), { open: 4 }],
  [0, commit('a')],
  [0, cancel('a', { 2: 4 })],
  [0, fulfill('a', { 3: 1 })],
  [0, units('a', 2), { cancelled: 4 }],
  [0, units('a', 3), { owed: 3, fulfilled: 1 }],
]);

story('[R17] a commit over several places is one entry for each', [
  [0, receive(3, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', 6)],
  [0, commit('a'), [committed('a', 3, 'dc'), committed('a', 3, 'store')]],
]);

story('[R18] a commit after the end changes nothing', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, commit('a'), 'reservation_expired'],
  [1_000, commit('a'), 'reservation_expired'],
  [1_000, ats(), 5],
]);

story('[R18] a commit that may reacquire takes the units anew in the same turn', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, commit('a', null, { reacquire: true }), [expired(['a', 1_000]), retaken('a', 5), committed('a', 5)]],
  [1_000, status('a'), 'committed'],
  [1_000, ats(), 0],
]);

story('[R18] reacquiring takes only what is to be committed', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, reserve('b', 3)],
  [
    1_000,
    commit('a', null, { reacquire: true }),
    { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 2 }] },
  ],
  [1_000, commit('a', 2, { reacquire: true }), [retaken('a', 2), committed('a', 2)]],
  [1_000, units('a'), { owed: 2, expired: 3 }],
]);

story('[R18] reacquiring does nothing special while the reservation is alive', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [999, commit('a', null, { reacquire: true }), [committed('a', 5)]],
]);

story('[R18] more than lapsed cannot be reacquired', [
  [0, receive(9)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, commit('a', 6, { reacquire: true }), 'exceeds_reservation'],
]);

story('[R19] a release frees the units, a second one changes nothing', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, release('a'), [released('a', 5)]],
  [0, ats(), 5],
  [0, release('a'), 'no change'],
  [0, status('a'), 'released'],
]);

story('[R19] a release of what has lapsed says that it expired', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, release('a'), [expired(['a', 1_000])]],
  [1_000, status('a'), 'expired'],
]);

story('[R19] a part may be released, but not more than is open', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, release('a', 2)],
  [0, release('a', 4), 'exceeds_reservation'],
  [0, units('a'), { open: 3, released: 2 }],
]);

story('[R21] a commit under another key says that it is done', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, commit('a'), 'already_committed'],
  [0, fulfill('a'), [shipped('a', 5)]],
  [0, commit('a'), 'already_committed'],
]);

story('a cancelled commitment gives its units back', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, cancel('a', 2), [cancelled('a', 2)]],
  [0, ats(), 2],
  [0, cancel('a', 4), 'exceeds_reservation'],
  [0, cancel('a')],
  [0, status('a'), 'cancelled'],
  [0, onHand(), 5],
]);

story("somebody else's reservation answers like one that never was", [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, asChannel('market', release('a')), 'reservation_not_found'],
  [0, asChannel('web', pin('a'))],
  [0, release('nobody'), 'reservation_not_found'],
]);

story('an item that stopped selling offers nothing, and keeps its promises', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, policy({ stopSell: true })],
  [0, ats(), 0],
  [0, reserve('b', 1), { code: 'insufficient_stock', lines: [{ line: 1, requested: 1, available: 0 }] }],
  [0, commit('a')],
]);
