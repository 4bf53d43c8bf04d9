import { caseChanged, caseClosed, caseOpened, placed, released, reserved } from '../test/story/events.ts';
import { adjust, cancel, commit, fulfill, moved, policy, receive, release, reserve, stockTake } from '../test/story/orders.ts';
import { ats, atsAt, backordered, cases, placesOf, sellThrough, status } from '../test/story/questions.ts';
import { NETWORK, seller, story } from '../test/story/story.ts';

story('[R28] a shortage opens one case, follows the number and closes by itself', [
  [0, receive(10)],
  [0, reserve('a', 8)],
  [0, adjust(-5), [{ type: 'moved' }, caseOpened('over_reservation', 3)]],
  [0, adjust(-2), [{ type: 'moved' }, caseChanged(5)]],
  [0, adjust(4), [{ type: 'moved' }, caseChanged(1)]],
  [0, cases, [['over_reservation', 1]]],
  [0, adjust(1), [{ type: 'moved' }, caseClosed]],
  [0, cases, []],
]);

story('[R28] exactly as many promises as units is no shortage', [
  [0, receive(10)],
  [0, reserve('a', 8)],
  [0, adjust(-2), [{ type: 'moved' }]],
  [0, ats(), 0],
]);

story('[R28] a release, a lapse and a cancel close the case as goods do', [
  [0, receive(10)],
  [0, reserve('a', 4)],
  [0, reserve('b', 3, { ttlMs: 1_000 })],
  [0, reserve('c', 3)],
  [0, commit('c')],
  [0, adjust(-9), [{ type: 'moved' }, caseOpened('over_reservation', 9)]],
  [0, release('a'), [released('a', 4), caseChanged(5)]],
  [1_000, reserve('d', 1), 'insufficient_stock'],
  [1_000, cases, [['over_reservation', 2]]],
  [1_000, cancel('c'), [{ type: 'cancelled' }, caseClosed]],
]);

story('[R28] a place in debt offers nothing, and the others that much less', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 5, { at: 'store' })],
  [0, adjust(-3, 'store')],
  [0, atsAt('store'), 0],
  [0, atsAt('dc'), 2],
  [0, ats(), 2],
  [0, ats('market'), 5],
]);

story('[R28] a case that is still true cannot be resolved', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, adjust(-1)],
  [0, { type: 'resolve_case', case: 4 }, 'case_still_true'],
  [0, { type: 'resolve_case', case: 3 }, 'case_not_found'],
]);

story('[R28] what is pinned or committed is kept through a shortage', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, adjust(-5), [{ type: 'moved' }, caseOpened('over_reservation', 5)]],
  [0, status('a'), 'committed'],
  [0, receive(5), [{ type: 'moved' }, caseClosed]],
  [0, fulfill('a')],
]);

story('[R28] a lower backorder limit is a shortage of what is promised beyond it', [
  [0, policy({ backorderLimit: 5 })],
  [0, reserve('a', 5)],
  [0, policy({ backorderLimit: 2 }), [{ type: 'item_changed' }, caseOpened('over_reservation', 3)]],
  [0, policy({ backorderLimit: 5 }), [{ type: 'item_changed' }, caseClosed]],
]);

story('[R28] the second shortage is a case of its own', [
  [0, receive(1)],
  [0, reserve('a', 1)],
  [0, adjust(-1), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
  [0, receive(1), [{ type: 'moved' }, { type: 'case_closed', case: { number: 4 } }]],
  [0, adjust(-1), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
  [0, receive(1), [{ type: 'moved' }, { type: 'case_closed', case: { number: 8 } }]],
]);

story('[R28] a count below what is promised opens the case too', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [1, stockTake(3, 1), [{ type: 'counted', onHand: -2 }, caseOpened('over_reservation', 2)]],
  [5, stockTake(5, 5), [{ type: 'counted', onHand: 2 }, caseClosed]],
]);

story('[R27] arriving goods are given to backorders, the oldest first', [
  [0, policy({ backorderLimit: 9 })],
  [1, reserve('b', 3)],
  [2, reserve('a', 2)],
  [3, receive(4), [{ type: 'moved' }, placed('b', 3, 'dc'), placed('a', 1, 'dc')]],
  [3, backordered, 1],
  [3, ats(), 8],
]);

story('[R27] backorders get only what their channel may take', [
  [0, policy({ backorderLimit: 9 })],
  [1, reserve('a', 3, { channel: 'market' })],
  [2, reserve('b', 3)],
  [3, receive(4, 'store'), [{ type: 'moved' }, placed('b', 3, 'store')]],
  [4, receive(2, 'dc'), [{ type: 'moved' }, placed('a', 2, 'dc')]],
]);

story('[R27] what somebody gives up goes to who waits', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 9 })],
  [1, reserve('a', 2)],
  [2, reserve('b', 2)],
  [3, release('a'), [released('a', 2), placed('b', 2, 'dc')]],
  [3, placesOf('b'), { dc: 2 }],
]);

story('[R27] committed backorders are placed before open ones of the same reservation', [
  [0, policy({ backorderLimit: 9 })],
  [1, reserve('a', 4)],
  [1, commit('a', 2, { keepRest: true })],
  [2, receive(3), [{ type: 'moved' }, { ...placed('a', 2, 'dc'), class: 'owed' }, { ...placed('a', 1, 'dc'), class: 'open' }]],
]);

story('[R27] each line of a reservation gets what it lacks, under the order that it was sold to', [
  [0, receive(1)],
  [0, policy({ backorderLimit: 9 })],
  [0, reserve('a', [3, 4])],
  [0, commit('a', { 1: 3 }, { keepRest: true })],
  [
    0,
    receive(4),
    [
      { type: 'moved' },
      { type: 'placed', line: 1, class: 'owed', orderRef: 'order-a', at: { quantity: 2 } },
      { type: 'placed', line: 2, class: 'open', orderRef: null, at: { quantity: 2 } },
    ],
  ],
  [0, receive(4), [{ type: 'moved' }, { type: 'placed', line: 2, at: { quantity: 2 } }]],
  [0, placesOf('a', 2), { dc: 4 }],
  [0, ats(), 2 + 9],
]);

story('[R27] lines of one reservation that wait alike get what each of them lacks', [
  [0, policy({ backorderLimit: 9 })],
  [0, reserve('a', [2, 3])],
  [0, receive(5)],
  [0, placesOf('a', 1), { dc: 2 }],
  [0, placesOf('a', 2), { dc: 3 }],
]);

story('[R27] safety stock is not given to backorders', [
  [0, policy({ backorderLimit: 9, safetyStock: { dc: 2 } })],
  [1, reserve('a', 4)],
  [2, receive(3), [{ type: 'moved' }, placed('a', 1, 'dc')]],
]);

story('[R27] goods that became sellable are given to backorders, others are not', [
  [0, policy({ backorderLimit: 9 })],
  [1, reserve('a', 4)],
  [2, moved('returned', 3, { status: 'quality_control' }), [{ type: 'moved' }]],
  [
    3,
    moved('status_changed', 3, { status: 'quality_control', to: ['dc', 'sellable'] }),
    [{ type: 'moved' }, placed('a', 3, 'dc')],
  ],
]);

story('[R27] a new place of a channel serves its backorders with the next command', [
  [0, sellThrough({ ...NETWORK, channels: [seller('web', ['dc'])] })],
  [0, policy({ backorderLimit: 9 })],
  [0, receive(3, 'store')],
  [1, reserve('a', 2)],
  [1, backordered, 2],
  [2, sellThrough(NETWORK)],
  [2, reserve('b', 1), [reserved('b', 1), placed('a', 2, 'store')]],
]);
