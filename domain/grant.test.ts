import { cancel, commit, policy, receive, release, reserve, resize } from '../test/story/orders.ts';
import { ats, atsOfOnePlace, backordered, placesOf, units } from '../test/story/questions.ts';
import { reserved } from '../test/story/events.ts';
import { story } from '../test/story/story.ts';

story('[R27] one place for all lines comes before priority', [
  [0, receive(3, 'dc')],
  [0, receive(8, 'store')],
  [0, reserve('a', [2, 2])],
  [0, placesOf('a', 1), { store: 2 }],
  [0, placesOf('a', 2), { store: 2 }],
]);

story('[R27] of two places that have enough, the first by priority is taken', [
  [0, receive(5, 'store')],
  [0, receive(5, 'dc')],
  [0, reserve('a', 5)],
  [0, placesOf('a'), { dc: 5 }],
]);

story('[R27] where no place has enough, few parcels come before priority', [
  [0, receive(1, 'dc')],
  [0, receive(5, 'store')],
  [0, receive(4, 'warehouse')],
  [0, reserve('a', 9)],
  [0, placesOf('a'), { store: 5, warehouse: 4 }],
]);

story('[R22b] where the place that a cart prefers ran out, the rest comes in as few parcels more as it can', [
  [0, receive(1, 'dc')],
  [0, receive(4, 'store')],
  [0, receive(3, 'warehouse')],
  [0, reserve('a', 6, { cart: { prefer: ['store'] } })],
  [0, placesOf('a'), { store: 4, warehouse: 2 }],
]);

story('[R22b] of the places that a cart prefers, one is enough if it has everything', [
  [0, receive(1, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', 4, { cart: { prefer: ['dc', 'store'] } })],
  [0, placesOf('a'), { store: 4 }],
]);

story('[R22b] the place from which a named line ships anyway comes before the first by priority', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', [[1, 'store'], 2])],
  [0, placesOf('a', 2), { store: 2 }],
]);

story('[R27] split never takes one place or nothing', [
  [0, receive(3, 'dc')],
  [0, receive(4, 'store')],
  [0, atsOfOnePlace(), 4],
  [0, reserve('a', 5, { split: 'never' }), { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 4 }] }],
  [0, reserve('b', 4, { split: 'never' })],
  [0, placesOf('b'), { store: 4 }],
]);

story('[R27] split never grants in part from the largest place', [
  [0, receive(3, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', 5, { split: 'never', mode: 'partial' }), [reserved('a', 4)]],
  [0, placesOf('a'), { store: 4 }],
]);

story('[R27] split never keeps several lines together', [
  [0, receive(3, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', [2, 2], { split: 'never' })],
  [0, placesOf('a', 1), { store: 2 }],
  [0, placesOf('a', 2), { store: 2 }],
]);

story('[R27] split never is not backordered', [
  [0, receive(3, 'dc')],
  [0, policy({ backorderLimit: 9 })],
  [0, reserve('a', 4, { split: 'never' }), 'insufficient_stock'],
  [0, reserve('b', 4)],
]);

story('[R27] split never cannot be had from two places that are asked for', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [
    0,
    reserve(
      'a',
      [
        [2, 'dc'],
        [2, 'store'],
      ],
      { split: 'never' },
    ),
    { code: 'insufficient_stock', lines: [{ line: 2, requested: 2, available: 0 }] },
  ],
  [0, reserve('b', [[2, 'store'], 2], { split: 'never' })],
  [0, placesOf('b', 2), { store: 2 }],
]);

story('[R27] a line that asks for a place gets it from there or not at all', [
  [0, receive(2, 'dc')],
  [0, receive(9, 'store')],
  [0, policy({ backorderLimit: 9 })],
  [0, reserve('a', 3, { at: 'dc' }), { code: 'insufficient_stock', lines: [{ line: 1, requested: 3, available: 2 }] }],
  [0, reserve('b', 2, { at: 'dc' })],
  [0, reserve('c', 1, { at: 'nowhere' }), { code: 'insufficient_stock', lines: [{ line: 1, requested: 1, available: 0 }] }],
  [0, reserve('d', 1, { at: 'store', channel: 'market' }), 'insufficient_stock'],
]);

story('[R27] a line that asks for a place grows only there', [
  [0, receive(3, 'dc')],
  [0, receive(9, 'store')],
  [0, reserve('a', 2, { at: 'dc' })],
  [0, resize('a', 4), { code: 'insufficient_stock', lines: [{ line: 1, requested: 4, available: 3 }] }],
  [0, resize('a', 3)],
  [0, placesOf('a'), { dc: 3 }],
]);

story('[R27] what no place has is backordered up to the limit', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 3 })],
  [0, ats(), 5],
  [0, reserve('a', 6), { code: 'insufficient_stock', lines: [{ line: 1, requested: 6, available: 5 }] }],
  [0, reserve('a', 5)],
  [0, units('a'), { open: 5 }],
  [0, placesOf('a'), { dc: 2 }],
  [0, backordered, 3],
  [0, ats(), 0],
]);

story('[R27] a line that shrinks gives up first what nobody has', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 3 })],
  [0, reserve('a', 4)],
  [0, resize('a', 3)],
  [0, backordered, 1],
  [0, placesOf('a'), { dc: 2 }],
  [0, ats(), 2],
]);

story('[R17] a release and a cancel give up first what nobody has, a commit takes first what is there', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 6 })],
  [0, reserve('a', 8)],
  [0, release('a', 2)],
  [0, backordered, 4],
  [0, placesOf('a'), { dc: 2 }],
  [0, commit('a', 3, { keepRest: true })],
  [0, cancel('a', 1)],
  [0, backordered, 3],
  [0, placesOf('a'), { dc: 2 }],
]);

story('[R15] what must come from one place grows there or not at all', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 3, { split: 'never' })],
  [0, resize('a', { 1: 6 }), { code: 'insufficient_stock', lines: [{ line: 1, requested: 6, available: 5 }] }],
  [0, resize('a', { 1: 5 })],
  [0, placesOf('a'), { dc: 5 }],
]);
