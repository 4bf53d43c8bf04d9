import { booked, caseOpened, committed, placed, reallocated, shipped } from '../test/story/events.ts';
import { adjust, commit, fulfill, moved, policy, receive, release, reserve, resize } from '../test/story/orders.ts';
import { ats, cases, onHand, placesOf, status, units } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

story('[R26] what was sold outside is booked below zero, what is asked of us is refused', [
  [0, receive(2)],
  [0, moved('sold', 5), [booked('sold', ['dc', -5]), caseOpened('over_reservation', 3)]],
  [0, onHand(), -3],
  [0, ats(), 0],
  [0, reserve('a', 1), 'insufficient_stock'],
  [0, receive(4)],
  [0, reserve('a', 1)],
]);

story('[R26] goods may leave although they are promised', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, moved('shipped', 2), [booked('shipped', ['dc', -2]), caseOpened('over_reservation', 2)]],
  [0, resize('a', 6), 'insufficient_stock'],
]);

story('[R26] every kind of movement changes what it names, and nothing else', [
  [0, moved('received', 10), [booked('received', ['dc', 10])]],
  [0, moved('adjusted', -1), [booked('adjusted', ['dc', -1])]],
  [0, moved('returned', 2, { status: 'damaged' }), [booked('returned', ['dc', 2, 'damaged'])]],
  [0, moved('transferred', 3, { to: ['store', 'in_transit'] }), [booked('transferred', ['dc', -3], ['store', 3, 'in_transit'])]],
  [0, moved('transferred', 3, { at: 'store', status: 'in_transit', to: ['store', 'sellable'] })],
  [
    0,
    moved('status_changed', 1, { to: ['dc', 'quality_control'] }),
    [booked('status_changed', ['dc', -1], ['dc', 1, 'quality_control'])],
  ],
  [0, moved('sold', 1, { status: 'damaged' }), [booked('sold', ['dc', -1, 'damaged'])]],
  [0, onHand('dc'), 5],
  [0, onHand('dc', 'damaged'), 1],
  [0, onHand('store', 'in_transit'), 0],
  [0, ats(), 8],
]);

story('[R26] [I14] a transfer changes no sum', [
  [0, receive(5)],
  [0, moved('transferred', 9, { to: ['store', 'in_transit'] })],
  [0, onHand('dc'), -4],
  [0, onHand('store', 'in_transit'), 9],
  [0, ats('till'), 0],
]);

story('[R29] a fulfil of more than is on hand is refused', [
  [0, receive(5)],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, adjust(-2)],
  [0, fulfill('a'), { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 3 }] }],
  [0, fulfill('a', 4), 'insufficient_stock'],
  [0, fulfill('a', 3), [shipped('a', 3, { location: 'dc', stated: null })]],
  [0, onHand(), 0],
]);

story('[R29] a fulfil of backordered units is refused until they have a place', [
  [0, receive(2)],
  [0, policy({ backorderLimit: 3 })],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [0, fulfill('a'), { code: 'insufficient_stock', lines: [{ line: 1, requested: 5, available: 2 }] }],
  [0, fulfill('a', 2)],
  [0, receive(3)],
  [0, fulfill('a', 3), [shipped('a', 3)]],
  [0, status('a'), 'fulfilled'],
]);

story('[R29] two lines cannot leave with the same unit', [
  [0, receive(4)],
  [0, reserve('a', [2, 2])],
  [0, commit('a')],
  [0, adjust(-1)],
  [0, fulfill('a'), { code: 'insufficient_stock', lines: [{ line: 2, requested: 2, available: 1 }] }],
  [0, fulfill('a', { 1: 2, 2: 1 })],
]);

story('[R29] two lines cannot leave with the same unit, at whichever of their places that is', [
  [0, receive(2, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', [3, 3])],
  [0, commit('a')],
  [0, adjust(-1, 'store')],
  [0, fulfill('a'), { code: 'insufficient_stock', lines: [{ line: 2, requested: 3, available: 2 }] }],
  [0, fulfill('a', { 1: 3, 2: 2 }), [shipped('a', 2, { location: 'dc' }), { type: 'shipped', location: 'store', onHand: -3 }]],
]);

story('[R29] a fulfil takes from every place where units are promised, one entry for each', [
  [0, receive(3, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', 6)],
  [0, commit('a')],
  [0, fulfill('a'), [shipped('a', 3, { location: 'dc' }), shipped('a', 3, { location: 'store' })]],
]);

story('[R29] a shipped fact is booked although nothing is there', [
  [0, policy({ backorderLimit: 3 })],
  [0, reserve('a', 2)],
  [0, commit('a')],
  [0, moved('shipped', 2, { for: 'a' }), [placed('a', 2, 'dc'), shipped('a', 2), caseOpened('over_reservation', 2)]],
  [0, onHand(), -2],
  [0, status('a'), 'fulfilled'],
]);

story('[R30] a return is not sellable before somebody says so', [
  [0, moved('returned', 1, { status: 'quality_control', document: 'RMA-1' })],
  [0, ats(), 0],
  [0, moved('status_changed', 1, { status: 'quality_control', to: ['dc', 'sellable'], document: 'RMA-1' })],
  [0, ats(), 1],
]);

story('[R30] a return that is damaged never comes back to the offer', [
  [0, moved('returned', 1, { status: 'quality_control' })],
  [0, moved('status_changed', 1, { status: 'quality_control', to: ['dc', 'damaged'] })],
  [0, ats(), 0],
  [0, onHand('dc', 'damaged'), 1],
]);

for (const kind of ['shipped', 'sold'] as const) {
  story(`[R30b] a ${kind} fact that names a commitment fulfils it, and the units leave once`, [
    [0, receive(5)],
    [0, reserve('a', 3)],
    [0, commit('a')],
    [0, moved(kind, 3, { for: 'a' }), [shipped('a', 3, { location: 'dc' })]],
    [0, onHand(), 2],
    [0, ats(), 2],
    [0, fulfill('a'), 'already_fulfilled'],
  ]);
}

story('[R30b] an order is known by its number too', [
  [0, receive(5)],
  [0, reserve('a', 3)],
  [0, commit('a', null, { orderRef: 'SO-7' })],
  [0, moved('shipped', 2, { orderRef: 'SO-7' }), [shipped('a', 2, { orderRef: 'SO-7' })]],
  [0, units('a'), { owed: 1, fulfilled: 2 }],
]);

story('[R30b] only what is beyond the commitment lowers on_hand by itself', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, commit('a')],
  [0, moved('shipped', 3, { for: 'a' }), [shipped('a', 2), booked('shipped', ['dc', -1])]],
  [0, onHand(), 2],
  [0, ats(), 2],
]);

story('[R30b] what is only reserved, or not known, is not fulfilled', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, moved('sold', 1, { for: 'a' }), [booked('sold', ['dc', -1])]],
  [0, moved('sold', 1, { for: 'nobody', orderRef: 'unknown' }), [booked('sold', ['dc', -1])]],
  [0, units('a'), { open: 2 }],
]);

story('[R30b] an order of several reservations is fulfilled oldest first', [
  [0, receive(9)],
  [1, reserve('b', 2)],
  [2, reserve('a', 2)],
  [3, commit('a', null, { orderRef: 'SO-7' })],
  [3, commit('b', null, { orderRef: 'SO-7' })],
  [4, moved('shipped', 3, { orderRef: 'SO-7' }), [shipped('b', 2), shipped('a', 1)]],
]);

story('[R30b] damaged goods that leave fulfil nothing', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, commit('a')],
  [0, moved('shipped', 2, { for: 'a', status: 'damaged' }), [booked('shipped', ['dc', -2, 'damaged'])]],
  [0, status('a'), 'committed'],
]);

story('[R30b] what comes back under the number of an order fulfils nothing', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, commit('a')],
  [0, moved('returned', 2, { for: 'a', orderRef: 'order-a' }), [booked('returned', ['dc', 2])]],
  [0, status('a'), 'committed'],
]);

story('[R30b] an order counts where the reservation that is named is unknown, or over', [
  [0, receive(5)],
  [0, reserve('a', 2)],
  [0, commit('a', null, { orderRef: 'SO-7' })],
  [0, moved('shipped', 1, { for: 'nobody', orderRef: 'SO-7' }), [shipped('a', 1)]],
  [0, reserve('b', 1)],
  [0, release('b')],
  [0, moved('sold', 1, { for: 'b', orderRef: 'SO-7' }), [shipped('a', 1)]],
]);

story('[R30b] a fact that names a cart fulfils what any attempt of it holds here, and nothing of another cart', [
  [0, receive(9)],
  [0, reserve('cart.one~2', 2)],
  [0, commit('cart.one~2')],
  [0, reserve('cart.two', 2)],
  [0, commit('cart.two')],
  [0, moved('shipped', 3, { for: 'cart.one' }), [shipped('cart.one~2', 2), booked('shipped', ['dc', -1])]],
]);

story('[R30b] what only looks like an attempt of a reservation is another one', [
  [0, receive(9)],
  [0, reserve('a~2', 2)],
  [0, commit('a~2')],
  [0, moved('shipped', 2, { for: 'a' }), [booked('shipped', ['dc', -2])]],
]);

story('[R30b] goods that left are told under the order that the fact names, else under the newest that took them', [
  [0, receive(9)],
  [0, reserve('a', 4)],
  [0, commit('a', 2, { orderRef: 'SO-7', keepRest: true })],
  [0, commit('a', 2, { orderRef: 'SO-8' })],
  [0, moved('shipped', 1, { for: 'a' }), [shipped('a', 1, { orderRef: 'SO-8' })]],
  [0, moved('shipped', 1, { for: 'a', orderRef: 'SO-7' }), [shipped('a', 1, { orderRef: 'SO-7' })]],
]);

story('[R34] shipping from another place moves the promise there first', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 3, { at: 'dc' })],
  [0, commit('a'), [committed('a', 3, 'dc')]],
  [
    0,
    moved('shipped', 2, { at: 'store', for: 'a' }),
    [reallocated('a', 2, 'dc', 'store'), shipped('a', 2, { location: 'store' })],
  ],
  [0, placesOf('a'), { dc: 1 }],
  [0, onHand('dc'), 5],
  [0, onHand('store'), 3],
  [0, cases, []],
]);

story('[R34] units promised at the place itself leave before those of other places', [
  [0, receive(2, 'dc')],
  [0, receive(3, 'store')],
  [0, reserve('a', 5)],
  [0, commit('a')],
  [
    0,
    moved('shipped', 4, { at: 'store', for: 'a' }),
    [reallocated('a', 1, 'dc', 'store'), shipped('a', 4, { location: 'store' }), caseOpened('over_reservation', 1)],
  ],
  [0, placesOf('a'), { dc: 1 }],
]);

story('[R34] what lacks there comes from elsewhere, wherever the place stands among them', [
  [0, receive(3, 'dc')],
  [0, receive(3, 'store')],
  [0, reserve('a', 6)],
  [0, commit('a')],
  [0, receive(1, 'dc')],
  [0, moved('shipped', 4, { for: 'a' }), [reallocated('a', 1, 'store', 'dc'), shipped('a', 4, { location: 'dc' })]],
  [0, placesOf('a'), { store: 2 }],
]);
