import { expired, pinned, reserved, retaken, caseOpened, caseClosed } from '../test/story/events.ts';
import { commit, extend, pin, receive, release, reserve } from '../test/story/orders.ts';
import { alarm, ats, cases, status, units } from '../test/story/questions.ts';
import { expect, test } from 'vitest';
import { channel, reservationId, sku } from '../test/story/ids.ts';
import { story, World } from '../test/story/story.ts';
import type { Event } from './event.ts';
import { evolve } from './evolve.ts';
import { lapse } from './lapse.ts';
import { EXPIRED_PER_ENTRY_MAX } from './limits.ts';
import { emptyStock } from './stock.ts';

story('[R12] a lapsed reservation frees its stock even if no alarm has rung', [
  [0, receive(10)],
  [1_000, reserve('a', 8, { ttlMs: 60_000 }), [reserved('a', 8, { expiresAtMs: 61_000 })]],
  [2_000, reserve('b', 5, { ttlMs: 60_000 }), 'insufficient_stock'],
  [61_000, reserve('b', 5, { ttlMs: 60_000 }), [expired(['a', 61_000]), reserved('b', 5, { expiresAtMs: 121_000 })]],
]);

story('[R10] one millisecond before its end a reservation still counts', [
  [0, receive(10)],
  [0, reserve('a', 10, { ttlMs: 60_000 })],
  [59_999, ats(), 0],
  [59_999, reserve('b', 1), 'insufficient_stock'],
  [59_999, commit('a')],
]);

story('[R10] at exactly its end a reservation is expired', [
  [0, receive(10)],
  [0, reserve('a', 10, { ttlMs: 60_000 })],
  [60_000, commit('a'), 'reservation_expired'],
  [60_000, ats(), 10],
]);

story('[R10] one millisecond after its end a reservation is expired', [
  [0, receive(10)],
  [0, reserve('a', 10, { ttlMs: 60_000 })],
  [60_001, extend('a', 60_000), 'reservation_expired'],
  [60_001, status('a'), 'expired'],
]);

story('[R10] a reservation of one millisecond counts for that millisecond', [
  [0, receive(1)],
  [0, reserve('a', 1, { ttlMs: 1 })],
  [0, reserve('b', 1), 'insufficient_stock'],
  [1, reserve('c', 1), [expired(['a', 1]), reserved('c', 1)]],
]);

story('[R12] what lapsed is recorded with its deadline, all in one row, however late the alarm rings', [
  [0, receive(10)],
  [0, reserve('a', 1, { ttlMs: 5_000 })],
  [0, reserve('b', 2, { ttlMs: 3_000 })],
  [0, reserve('c', 3, { ttlMs: 90_000 })],
  [
    86_000,
    alarm,
    [
      {
        type: 'expired',
        reservations: [
          { reservation: 'b', atMs: 3_000 },
          { reservation: 'a', atMs: 5_000 },
        ],
      },
    ],
  ],
]);

story('[R12] an alarm that rings twice, or early, changes nothing', [
  [0, receive(10)],
  [0, reserve('a', 1, { ttlMs: 5_000 })],
  [4_999, alarm, []],
  [5_000, alarm, [expired(['a', 5_000])]],
  [5_000, alarm, []],
  [9_000, alarm, []],
]);

story('[R12] an extended reservation does not lapse at its old end', [
  [0, receive(10)],
  [0, reserve('a', 1, { ttlMs: 5_000 })],
  [4_000, extend('a', 5_000)],
  [5_000, alarm, []],
  [9_000, alarm, [expired(['a', 9_000])]],
]);

story('[R12] what was released or committed has no deadline left', [
  [0, receive(10)],
  [0, reserve('a', 1, { ttlMs: 5_000 })],
  [0, reserve('b', 1, { ttlMs: 5_000 })],
  [1, release('a')],
  [1, commit('b')],
  [5_000, alarm, []],
]);

story('[R12] a committed part stays when the open rest lapses', [
  [0, receive(10)],
  [0, reserve('a', 5, { ttlMs: 5_000 })],
  [1, commit('a', 2, { keepRest: true })],
  [5_000, alarm, [expired(['a', 5_000])]],
  [5_000, status('a'), 'committed'],
  [5_000, units('a'), { owed: 2, expired: 3 }],
  [5_000, ats(), 8],
]);

story('[R24] what is pinned never expires', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [999, pin('a'), [pinned('a')]],
  [1_000, reserve('b', 1), 'insufficient_stock'],
  [9_000_000, commit('a')],
  [9_000_000, status('a'), 'committed'],
]);

story('[R24] a pin of what has lapsed takes it anew', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, pin('a'), [expired(['a', 1_000]), retaken('a', 5)]],
  [1_000, status('a'), 'pinned'],
  [1_000, ats(), 0],
]);

story('[R24] a pin fails when somebody else has what lapsed', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_000 })],
  [1_000, reserve('b', 3)],
  [1_000, pin('a'), { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 2 }] }],
  [1_000, status('a'), 'expired'],
  [1_000, ats(), 2],
]);

story('[R24] a second pin moves no date', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [1_000, pin('a'), [pinned('a', 1_801_000)]],
  [2_000, pin('a'), 'no change'],
]);

story('[R25] a pin without outcome becomes a case after half an hour, and is not dropped', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, pin('a')],
  [1_799_999, alarm, []],
  [1_800_000, alarm, [caseOpened('pin_without_outcome', 5)]],
  [1_800_001, alarm, []],
  [1_800_001, status('a'), 'pinned'],
  [1_800_001, ats(), 0],
]);

story('[R25] the case of a pin closes by itself with its outcome', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, pin('a')],
  [1_800_000, alarm],
  [1_800_005, { type: 'resolve_case', case: 4 }, 'case_still_true'],
  [1_800_010, commit('a'), [{ type: 'committed' }, caseClosed]],
  [1_800_010, cases, []],
]);

story('[R25] a pin with an outcome in time is no case', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, pin('a')],
  [1_799_999, release('a')],
  [1_800_000, alarm, []],
]);

story('[R25] a rest that stays pinned is still a pin without outcome', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, pin('a')],
  [100, commit('a', 2, { keepRest: true })],
  [1_800_000, alarm, [caseOpened('pin_without_outcome', 3)]],
]);

story('[R25] a pin that falls due where its reservation would have lapsed is one case', [
  [0, receive(5)],
  [0, reserve('a', 5, { ttlMs: 1_800_000 })],
  [0, pin('a'), [pinned('a', 1_800_000)]],
  [1_800_000, alarm, [caseOpened('pin_without_outcome', 5)]],
]);

test('[R25] a stock that is read anew opens no second case for the same pin', () => {
  const world = new World();
  for (const command of [receive(5), reserve('a', 5), pin('a')]) world.do(0, command);
  world.do(1_800_000, receive(1));
  const anew = emptyStock(world.stock.sku);
  for (const entry of world.books.entries) evolve(anew, entry);
  expect(lapse(anew, 1_800_000)).toEqual([]);
});

test('[R12] what lapses at once is in rows of the journal that are not too long', () => {
  const stock = emptyStock(sku('TEA'));
  for (let sequence = 1; sequence <= EXPIRED_PER_ENTRY_MAX + 1; sequence += 1) {
    const event: Event = {
      type: 'reserved',
      reservation: reservationId(`${sequence}`),
      channel: channel('web'),
      buyer: null,
      split: 'allowed',
      expiresAtMs: 1_000,
      lines: [{ line: 1, asked: 1, quantity: 1, at: null, placed: [] }],
    };
    evolve(stock, { sequence, atMs: 0, correlationId: null, event });
  }
  const rows = lapse(stock, 1_000).map((event) => (event.type === 'expired' ? event.reservations.length : event.type));
  expect(rows).toEqual([EXPIRED_PER_ENTRY_MAX, 1]);
});
