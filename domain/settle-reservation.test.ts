import { committed } from '../test/story/events.ts';
import { cancel, commit, policy, receive, reserve } from '../test/story/orders.ts';
import { ats, atsAt, backordered, placesOf, units } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

story('[R17] what is committed of a line over several places leaves the rest where it was free again', [
  [0, receive(2, 'dc')],
  [0, receive(3, 'store')],
  [0, reserve('a', 5)],
  [0, commit('a', 3)],
  [0, placesOf('a'), { dc: 2, store: 1 }],
  [0, atsAt('store'), 2],
  [0, ats(), 2],
]);

story('[R17] what is there is committed before what is not', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 3 })],
  [0, reserve('a', 5)],
  [0, commit('a', 3, { keepRest: true })],
  [0, placesOf('a'), { dc: 2 }],
  [0, units('a'), { open: 2, owed: 3 }],
  [0, commit('a', 1)],
  [0, backordered, 2],
]);

story('[R17] what is not there is cancelled before what is', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 3 })],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, cancel('a', 3)],
  [0, placesOf('a'), { dc: 2 }],
  [0, backordered, 0],
]);

story('[R17] a line that is named with 0 gives back all, and no other is touched', [
  [0, receive(9)],
  [0, reserve('a', [2, 3])],
  [0, commit('a', { 1: 0, 2: 1 }, { keepRest: true }), [committed('a', 1)]],
  [0, units('a', 1), { open: 2 }],
  [0, commit('a', { 1: 0, 2: 2 })],
  [0, units('a', 1), { released: 2 }],
  [0, units('a', 2), { owed: 3 }],
  [0, cancel('a', { 1: 0, 2: 1 })],
  [0, units('a', 2), { owed: 2, cancelled: 1 }],
  [0, cancel('a', { 2: 3 }), 'exceeds_reservation'],
]);
