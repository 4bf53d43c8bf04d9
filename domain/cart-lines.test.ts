import { expired, extended, pinned, retaken } from '../test/story/events.ts';
import { commit, extendUntil, pin, receive, release, reserve, unpin } from '../test/story/orders.ts';
import { ats, placesOf, units } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

// What an item's object does for a cart, which knows more than the object: the common end, and where the other lines are.

story('[R11] a line of a cart ends when the whole cart ends', [
  [0, receive(10)],
  [1_000, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [29_999, ats(), 6],
  [30_000, ats(), 10],
]);

story('[R11] a line that arrives after its cart has ended is refused', [
  [0, receive(10)],
  [30_000, reserve('a', 4, { cart: { endsAtMs: 30_000 } }), 'reservation_expired'],
]);

story('[R27] places that the cart prefers come first, and the others after them', [
  [0, receive(9, 'dc')],
  [0, receive(2, 'store')],
  [0, reserve('a', 5, { cart: { prefer: ['store'] } })],
  [0, placesOf('a'), { store: 2, dc: 3 }],
]);

story('[R27] the one place of an unsplit cart is taken, though another has enough', [
  [0, receive(9, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 5, { split: 'never', cart: { only: 'store' } })],
  [0, placesOf('a'), { store: 5 }],
  [0, reserve('b', 1, { split: 'never', cart: { only: 'store' } }), 'insufficient_stock'],
]);

story('[R13] the common end of a cart is taken as it is said, also back', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [1_000, extendUntil('a', 50_000), [extended('a', 50_000)]],
  [2_000, extendUntil('a', 50_000), 'no change'],
  [40_000, extendUntil('a', 30_000), [extended('a', 30_000), expired(['a', 30_000])]],
  [40_000, ats(), 10],
]);

story('[R18] a pin for a commit that must not take anew is refused once the line lapsed', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [30_000, pin('a', { anew: false }), 'reservation_expired'],
  [30_000, pin('a', { anew: true }), [retaken('a', 4)]],
  [30_000, commit('a')],
]);

story('[R25] only the watched line of a cart becomes a case', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [0, pin('a', { watched: false }), [pinned('a', 8_640_000_000_000_000)]],
  [1_800_000, release('a'), [{ type: 'released' }]],
  [1_800_000, reserve('b', 4, { cart: { endsAtMs: 1_860_000 } })],
  [1_800_000, pin('b', { watched: true }), [pinned('b', 3_600_000)]],
  [3_600_000, release('b'), [{ type: 'case_opened' }, { type: 'released' }, { type: 'case_closed' }]],
]);

story('[R18] of lapsed lines a cart takes anew what it sells, and no more', [
  [0, receive(10)],
  [0, reserve('a', [4, 5], { cart: { endsAtMs: 30_000 } })],
  [30_000, pin('a', { lines: { 1: 3 } }), [{ type: 'expired' }, retaken('a', 3)]],
  [30_000, commit('a', { 1: 3 })],
  [30_000, units('a', 1), { owed: 3, expired: 1 }],
  [30_000, units('a', 2), { expired: 5 }],
]);

story('[R24] what a commit of a cart keeps has its deadline again', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [1_000, unpin('a', 30_000), 'no change'],
  [1_000, pin('a', { watched: true })],
  [1_000, commit('a', 1, { keepRest: true })],
  [1_000, unpin('a', 30_000), [extended('a', 30_000)]],
  [30_000, receive(1), [expired(['a', 30_000]), { type: 'moved' }]],
  [30_000, units('a', 1), { owed: 1, expired: 3 }],
]);

story('[R24] a pin that is taken back after the end of its cart lapses at once', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [29_999, pin('a', { watched: true })],
  [31_000, unpin('a', 30_000), [extended('a', 30_000), expired(['a', 30_000])]],
  [31_000, ats(), 10],
]);

story('[R25] another line of a cart watches when the first has nothing left to watch', [
  [0, receive(10)],
  [0, reserve('a', 4, { cart: { endsAtMs: 30_000 } })],
  [0, pin('a', { watched: false })],
  [1_000, pin('a', { watched: false }), 'no change'],
  [2_000, pin('a', { watched: true }), [pinned('a', 1_802_000)]],
  [3_000, pin('a', { watched: true }), 'no change'],
]);
