import { backordered, caseClosed, caseOpened, pinned, placed, reallocated, released, reserved } from '../test/story/events.ts';
import { adjust, cancel, commit, fulfill, moved, pin, policy, receive, release, reserve } from '../test/story/orders.ts';
import {
  alarm,
  ats,
  atsAt,
  backordered as waiting,
  cases,
  placesOf,
  sellThrough,
  status,
  units,
} from '../test/story/questions.ts';
import { NETWORK, seller, story } from '../test/story/story.ts';

const ALL = ['reallocate', 'release_unpinned', 'backorder', 'list'] as const;
const RELEASE = ['release_unpinned', 'list'] as const;

story('[R28b] a promise that nobody asked to have there moves to where units are free, and no case opens', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 4)],
  [0, adjust(-3, 'dc'), [{ type: 'moved' }, reallocated('a', 2, 'dc', 'store')]],
  [0, placesOf('a'), { dc: 2, store: 2 }],
  [0, cases, []],
  [0, ats(), 3],
]);

story('[R28b] whoever asked for a place keeps it, and the rest is for a person', [
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 4, { at: 'dc' })],
  [0, adjust(-3, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 2)]],
  [0, placesOf('a'), { dc: 4 }],
]);

story('[R28b] goods that move to another place take their promises along, before those who wait', [
  [0, policy({ backorderLimit: 9 })],
  [0, receive(3, 'dc')],
  [1, reserve('a', 3)],
  [1, commit('a')],
  [2, reserve('b', 2)],
  [
    3,
    moved('transferred', 3, { to: ['store', 'sellable'] }),
    [{ type: 'moved' }, { ...reallocated('a', 3, 'dc', 'store'), class: 'owed', orderRef: 'order-a' }],
  ],
  [3, waiting, 2],
]);

story('[R28b] what is least firm moves first, and of that the newest', [
  [0, receive(6, 'dc')],
  [1, reserve('committed', 1)],
  [1, commit('committed')],
  [2, reserve('pinned', 1)],
  [2, pin('pinned'), [pinned('pinned')]],
  [3, reserve('older', 1)],
  [4, reserve('newer', 1)],
  [5, reserve('market', 1, { channel: 'market' })],
  [6, receive(3, 'store')],
  [
    7,
    adjust(-5, 'dc'),
    [
      { type: 'moved' },
      reallocated('newer', 1, 'dc', 'store'),
      reallocated('older', 1, 'dc', 'store'),
      reallocated('pinned', 1, 'dc', 'store'),
      caseOpened('over_reservation', 1),
    ],
  ],
  [8, status('pinned'), 'pinned'],
]);

story('[R28b] what has to move goes to one place where there is one, else to the fewest', [
  [0, receive(9, 'dc')],
  [0, reserve('a', 9)],
  [0, receive(1, 'store')],
  [0, receive(4, 'warehouse')],
  [0, adjust(-3, 'dc'), [{ type: 'moved' }, reallocated('a', 3, 'dc', 'warehouse')]],
  [0, adjust(-2, 'dc'), [{ type: 'moved' }, reallocated('a', 1, 'dc', 'store'), reallocated('a', 1, 'dc', 'warehouse')]],
]);

story('[R28b] what may not be split moves whole or not at all', [
  [0, receive(6, 'dc')],
  [0, reserve('a', 3, { split: 'never' })],
  [1, reserve('b', 2, { split: 'never' })],
  [1, commit('b', 1, { keepRest: true })],
  [2, receive(2, 'store')],
  [
    3,
    adjust(-2, 'dc'),
    [
      { type: 'moved' },
      { ...reallocated('b', 1, 'dc', 'store'), class: 'open' },
      { ...reallocated('b', 1, 'dc', 'store'), class: 'owed' },
    ],
  ],
  [4, adjust(-2, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
  [5, receive(3, 'warehouse'), [{ type: 'moved' }, reallocated('a', 3, 'dc', 'warehouse'), caseClosed]],
]);

story('[R28b] what may not be split and has left in part stays where it is', [
  [0, receive(6, 'dc')],
  [0, reserve('a', 3, { split: 'never' })],
  [0, commit('a')],
  [1, fulfill('a', 1)],
  [1, receive(5, 'store')],
  [2, adjust(-5, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 2)]],
]);

story('[R28b] a promise moves only to places of its channel, and as far as these keep their safety stock', [
  [0, policy({ safetyStock: { store: 2 } })],
  [0, receive(3, 'dc')],
  [0, reserve('a', 3, { channel: 'market' })],
  [0, receive(3, 'store')],
  [0, adjust(-1, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
  [0, receive(1, 'dc'), [{ type: 'moved' }, caseClosed]],
  [1, release('a')],
  [1, reserve('b', 3, { at: 'dc', channel: 'web' })],
  [2, reserve('c', 1)],
  [2, placesOf('c'), { store: 1 }],
  [3, release('b')],
  [4, reserve('d', 3)],
  [5, adjust(-1, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
]);

story('[R28b] a shortage that stands is dealt with as soon as units come free elsewhere', [
  [0, receive(3, 'dc')],
  [0, receive(2, 'store')],
  [0, reserve('b', 2, { at: 'store', ttlMs: 1_000 })],
  [0, reserve('a', 3)],
  [0, adjust(-1, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
  [1_000, alarm, [{ type: 'expired' }, reallocated('a', 1, 'dc', 'store'), caseClosed]],
]);

story('[R28b] a policy without reallocation moves nothing', [
  [0, policy({ overReservation: ['list'] })],
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [0, reserve('a', 4)],
  [0, adjust(-3, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 2)]],
  [0, cases, [['over_reservation', 2]]],
]);

story('[R28b] unpinned reservations end, the newest first and only as many as needed', [
  [0, policy({ overReservation: RELEASE })],
  [0, receive(9)],
  [1, reserve('a', 2)],
  [2, reserve('b', 3)],
  [3, reserve('c', 1)],
  [4, reserve('d', 2, { channel: 'market' })],
  [
    5,
    adjust(-5),
    [
      { type: 'moved' },
      released('d', 2, 'over_reservation'),
      released('c', 1, 'over_reservation'),
      released('b', 3, 'over_reservation'),
    ],
  ],
  [5, units('b'), { released: 3 }],
  [5, status('a'), 'active'],
  [5, ats(), 2],
  [6, pin('b'), 'reservation_released'],
]);

story('[R28b] [R28] what is pinned or committed never ends in a shortage', [
  [0, policy({ overReservation: RELEASE })],
  [0, receive(6)],
  [1, reserve('a', 2)],
  [2, reserve('b', 2)],
  [2, pin('b')],
  [3, reserve('c', 2)],
  [3, commit('c', 1, { keepRest: true })],
  [
    4,
    adjust(-6),
    [
      { type: 'moved' },
      released('c', 1, 'over_reservation'),
      released('a', 2, 'over_reservation'),
      caseOpened('over_reservation', 3),
    ],
  ],
  [4, status('b'), 'pinned'],
  [4, units('c'), { owed: 1, released: 1 }],
]);

story('[R28b] a reservation that has no units in the shortage is left alone', [
  [0, policy({ overReservation: RELEASE })],
  [0, receive(2, 'dc')],
  [0, receive(2, 'store')],
  [1, reserve('a', 2, { at: 'dc' })],
  [2, reserve('b', 2, { at: 'store' })],
  [3, adjust(-1, 'dc'), [{ type: 'moved' }, released('a', 2, 'over_reservation')]],
  [3, atsAt('dc'), 1],
]);

story('[R28b] what an ended reservation leaves elsewhere spares the next one its end', [
  [0, policy({ overReservation: ALL })],
  [0, receive(4, 'dc')],
  [0, receive(2, 'store')],
  [1, reserve('a', 2)],
  [2, reserve('b', 4)],
  [2, placesOf('b'), { dc: 2, store: 2 }],
  [3, adjust(-4, 'dc'), [{ type: 'moved' }, released('b', 4, 'over_reservation'), reallocated('a', 2, 'dc', 'store')]],
  [3, status('a'), 'active'],
]);

story('[R28b] what somebody gives up beyond the shortage goes to who waits', [
  [0, receive(4, 'dc')],
  [1, reserve('a', 4)],
  [2, policy({ backorderLimit: 9, overReservation: RELEASE })],
  [3, reserve('b', 2)],
  [3, pin('b')],
  [4, adjust(-1), [{ type: 'moved' }, released('a', 4, 'over_reservation'), placed('b', 2, 'dc')]],
]);

story('[R28b] of units that wait beyond the limit the newest unpinned end', [
  [0, policy({ backorderLimit: 6, overReservation: RELEASE })],
  [1, reserve('a', 2)],
  [2, reserve('b', 2)],
  [3, reserve('c', 2)],
  [3, pin('c')],
  [4, policy({ backorderLimit: 4, overReservation: RELEASE }), [{ type: 'item_changed' }, released('b', 2, 'over_reservation')]],
  [
    5,
    policy({ backorderLimit: 0, overReservation: RELEASE }),
    [{ type: 'item_changed' }, released('a', 2, 'over_reservation'), caseOpened('over_reservation', 2)],
  ],
]);

story('[R28b] units lose their place as far as the backorder limit has room, and come back the oldest first', [
  [0, policy({ backorderLimit: 3, overReservation: ['backorder', 'list'] })],
  [0, receive(4)],
  [1, reserve('a', 2)],
  [1, commit('a')],
  [2, reserve('b', 1)],
  [3, reserve('c', 1, { at: 'dc' })],
  [
    4,
    adjust(-4),
    [
      { type: 'moved' },
      { ...backordered('b', 1, 'dc'), class: 'open', orderRef: null },
      { ...backordered('a', 2, 'dc'), class: 'owed', orderRef: 'order-a' },
      caseOpened('over_reservation', 1),
    ],
  ],
  [4, waiting, 3],
  [4, ats(), 0],
  [5, receive(1), [{ type: 'moved' }, caseClosed]],
  [6, receive(2), [{ type: 'moved' }, { ...placed('a', 2, 'dc'), class: 'owed' }]],
  [7, cancel('a', 1), [{ type: 'cancelled' }, placed('b', 1, 'dc')]],
]);

story('[R28b] whoever loses a place gets what is free elsewhere at once, however little may wait', [
  [0, policy({ backorderLimit: 1, overReservation: ['backorder'] })],
  [0, receive(9, 'dc')],
  [1, reserve('a', 7)],
  [1, reserve('b', 2, { channel: 'market' })],
  [2, receive(3, 'store')],
  [
    3,
    adjust(-7, 'dc'),
    [
      { type: 'moved' },
      backordered('b', 1, 'dc'),
      backordered('a', 3, 'dc'),
      placed('a', 3, 'store'),
      caseOpened('over_reservation', 3),
    ],
  ],
]);

story('[R28b] what may not be split does not wait in part', [
  [0, policy({ backorderLimit: 9, overReservation: ['backorder'] })],
  [0, receive(3)],
  [0, reserve('a', 3, { split: 'never' })],
  [0, adjust(-1), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
]);

story('[R28b] the steps come in the order of the policy: another place, an end, a wait, a person', [
  [0, policy({ backorderLimit: 2, overReservation: ALL })],
  [0, receive(9, 'dc')],
  [1, reserve('owed', 6)],
  [1, commit('owed')],
  [2, reserve('young', 2)],
  [3, receive(1, 'store')],
  [
    4,
    adjust(-7, 'dc'),
    [
      { type: 'moved' },
      reallocated('young', 1, 'dc', 'store'),
      released('young', 2, 'over_reservation'),
      { ...reallocated('owed', 1, 'dc', 'store'), class: 'owed' },
      { ...backordered('owed', 2, 'dc'), class: 'owed' },
      {
        ...caseOpened('over_reservation', 1),
        about: { allowed: ALL, done: { reallocate: 2, release_unpinned: 2, backorder: 2 } },
      },
    ],
  ],
]);

story('[R28b] a policy may rather let buyers wait than end their reservations', [
  [0, policy({ backorderLimit: 2, overReservation: ['backorder', 'release_unpinned'] })],
  [0, receive(3)],
  [1, reserve('a', 1)],
  [2, reserve('b', 2)],
  [3, adjust(-1), [{ type: 'moved' }, backordered('b', 1, 'dc')]],
  [4, adjust(-2), [{ type: 'moved' }, backordered('b', 1, 'dc'), released('a', 1, 'over_reservation')]],
]);

story('[R28b] [R28] a case says what may be done and what was done since it opened', [
  [0, receive(5, 'dc')],
  [0, reserve('a', 5)],
  [
    0,
    adjust(-2, 'dc'),
    [{ type: 'moved' }, { ...caseOpened('over_reservation', 2), about: { allowed: ['reallocate', 'list'] } }],
  ],
  [
    1,
    receive(1, 'store'),
    [
      { type: 'moved' },
      reallocated('a', 1, 'dc', 'store'),
      { type: 'case_changed', case: { difference: 1, about: { allowed: ['reallocate', 'list'], done: { reallocate: 1 } } } },
    ],
  ],
  [
    2,
    policy({ overReservation: ['list'] }),
    [
      { type: 'item_changed' },
      { type: 'case_changed', case: { difference: 1, about: { allowed: ['list'], done: { reallocate: 1 } } } },
    ],
  ],
  [3, reserve('b', 1), 'insufficient_stock'],
]);

story('[R28b] without a shortage nobody is moved and nobody ends, whatever the policy', [
  [0, policy({ backorderLimit: 9, overReservation: ALL })],
  [0, receive(5, 'dc')],
  [0, receive(5, 'store')],
  [1, reserve('a', 5), [reserved('a', 5)]],
  [2, reserve('b', 8)],
  [3, adjust(1, 'warehouse'), [{ type: 'moved' }, placed('b', 1, 'warehouse')]],
  [4, sellThrough({ ...NETWORK, channels: [seller('web', ['store'])] })],
  [5, alarm, []],
  [6, adjust(-1, 'warehouse'), [{ type: 'moved' }, released('b', 8, 'over_reservation')]],
]);

story('[R28b] what moves or waits is told with its line, its class and the order that it was sold to, if any', [
  [0, policy({ backorderLimit: 9, overReservation: ['reallocate', 'backorder', 'list'] })],
  [0, receive(6, 'dc')],
  [0, reserve('sold', [1, 1])],
  [0, commit('sold', null, { orderRef: 'SO-1' })],
  [1, reserve('open', [2, 2])],
  [1, receive(1, 'store')],
  [
    1,
    adjust(-5, 'dc'),
    [
      { type: 'moved' },
      { ...reallocated('open', 1, 'dc', 'store'), reason: 'over_reservation', line: 1, class: 'open', orderRef: null },
      { ...backordered('open', 1, 'dc'), line: 1, class: 'open', orderRef: null },
      { ...backordered('open', 2, 'dc'), line: 2, class: 'open', orderRef: null },
      { ...backordered('sold', 1, 'dc'), line: 1, class: 'owed', orderRef: 'SO-1' },
    ],
  ],
  [2, receive(1, 'store'), [{ type: 'moved' }, { ...placed('sold', 1, 'store'), line: 1, class: 'owed', orderRef: 'SO-1' }]],
]);

story('[R28b] what may not be split moves with all of its lines, each under its own class', [
  [0, receive(6, 'dc')],
  [0, receive(6, 'store')],
  [0, reserve('a', [2, 3], { split: 'never' })],
  [0, commit('a', { 1: 2 }, { keepRest: true, orderRef: 'SO-1' })],
  [
    0,
    adjust(-4, 'dc'),
    [
      { type: 'moved' },
      { ...reallocated('a', 2, 'dc', 'store'), line: 1, class: 'owed', orderRef: 'SO-1' },
      { ...reallocated('a', 3, 'dc', 'store'), line: 2, class: 'open', orderRef: null },
    ],
  ],
]);

story('[R28b] what may not be split stays with a line that asked for its place, as long as that has units there', [
  [0, receive(6, 'dc')],
  [0, receive(6, 'store')],
  [0, reserve('a', [2, [1, 'dc']], { split: 'never' })],
  [0, adjust(-5, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 2)]],
  [0, release('a', { 2: 1 })],
  [0, placesOf('a'), { store: 2 }],
  [0, cases, []],
]);

story('[R28b] what is less firm moves first, however old it is', [
  [0, receive(3, 'dc')],
  [1, reserve('open', 1)],
  [2, reserve('pinned', 1)],
  [2, pin('pinned')],
  [3, reserve('sold', 1)],
  [3, commit('sold')],
  [4, receive(3, 'store')],
  [5, adjust(-1, 'dc'), [{ type: 'moved' }, reallocated('open', 1, 'dc', 'store')]],
  [6, adjust(-1, 'dc'), [{ type: 'moved' }, reallocated('pinned', 1, 'dc', 'store')]],
  [7, adjust(-1, 'dc'), [{ type: 'moved' }, reallocated('sold', 1, 'dc', 'store')]],
]);

story('[R28b] what may not be split is as firm as the firmest of it', [
  [0, receive(3, 'dc')],
  [1, reserve('pinned', 1)],
  [1, pin('pinned')],
  [2, reserve('whole', [1, 1], { split: 'never' })],
  [2, commit('whole', { 1: 1 }, { keepRest: true })],
  [3, receive(3, 'store')],
  [4, adjust(-1, 'dc'), [{ type: 'moved' }, reallocated('pinned', 1, 'dc', 'store')]],
]);

story('[R28b] what may be split is as firm as each of its parts', [
  [0, receive(3, 'dc')],
  [1, reserve('pinned', 1)],
  [1, pin('pinned')],
  [2, reserve('parts', [1, 1])],
  [2, commit('parts', { 1: 1 }, { keepRest: true })],
  [3, receive(3, 'store')],
  [4, adjust(-1, 'dc'), [{ type: 'moved' }, { ...reallocated('parts', 1, 'dc', 'store'), line: 2, class: 'open' }]],
]);

story('[R28b] of the places that have room for all of it the first takes it, though another has more', [
  [0, receive(3, 'dc')],
  [0, reserve('a', 3)],
  [0, receive(2, 'store')],
  [0, receive(5, 'warehouse')],
  [1, adjust(-2, 'dc'), [{ type: 'moved' }, reallocated('a', 2, 'dc', 'store')]],
]);

story('[R28b] where no place has room for all of it the one with most room takes what it can, then the next', [
  [0, receive(4, 'dc')],
  [0, reserve('a', 4)],
  [0, receive(2, 'store')],
  [0, receive(3, 'warehouse')],
  [1, adjust(-4, 'dc'), [{ type: 'moved' }, reallocated('a', 3, 'dc', 'warehouse'), reallocated('a', 1, 'dc', 'store')]],
]);

story('[R28b] each line of a reservation moves by itself, in order', [
  [0, receive(3, 'dc')],
  [0, reserve('a', [1, 2])],
  [0, receive(3, 'store')],
  [
    1,
    adjust(-3, 'dc'),
    [{ type: 'moved' }, { ...reallocated('a', 1, 'dc', 'store'), line: 1 }, { ...reallocated('a', 2, 'dc', 'store'), line: 2 }],
  ],
]);

story('[R28b] who loses a place to have another has it before the next one loses a place', [
  [0, policy({ overReservation: ['backorder', 'list'] })],
  [0, receive(2, 'dc')],
  [1, reserve('old', 1)],
  [2, reserve('new', 1)],
  [3, receive(2, 'store')],
  [
    4,
    adjust(-2, 'dc'),
    [
      { type: 'moved' },
      backordered('new', 1, 'dc'),
      placed('new', 1, 'store'),
      backordered('old', 1, 'dc'),
      placed('old', 1, 'store'),
    ],
  ],
]);

story('[R28b] who waits has what is free before anybody loses anything', [
  [0, policy({ backorderLimit: 1, overReservation: RELEASE })],
  [0, receive(2, 'dc')],
  [1, reserve('has', 2)],
  [2, reserve('waits', 1)],
  [
    3,
    moved('transferred', 2, { to: ['store', 'sellable'] }),
    [{ type: 'moved' }, placed('waits', 1, 'store'), released('has', 2, 'over_reservation')],
  ],
]);

story('[R28b] of a reservation that ends in a shortage what is sold stays', [
  [0, policy({ overReservation: RELEASE })],
  [0, receive(3)],
  [0, reserve('a', [1, 2])],
  [0, commit('a', { 1: 1 }, { keepRest: true })],
  [1, adjust(-1), [{ type: 'moved' }, released('a', 2, 'over_reservation')]],
  [1, units('a', 1), { owed: 1 }],
]);

story('[R28b] a reservation ends whole, though only one of its lines is short', [
  [0, policy({ overReservation: RELEASE })],
  [0, receive(2, 'dc')],
  [0, receive(2, 'store')],
  [
    0,
    reserve('a', [
      [2, 'dc'],
      [2, 'store'],
    ]),
  ],
  [1, adjust(-1, 'dc')],
  [1, status('a'), 'released'],
]);

story('[R28b] who waits for nothing does not end because too many wait', [
  [0, policy({ backorderLimit: 3 })],
  [0, receive(2, 'store')],
  [1, reserve('waits', 3, { channel: 'market' })],
  [2, reserve('has', 2, { channel: 'till' })],
  [3, policy({ backorderLimit: 2, overReservation: RELEASE })],
  [3, status('waits'), 'released'],
  [3, status('has'), 'active'],
]);

story('[R28b] what may not be split and is neither pinned nor sold moves before what is', [
  [0, receive(2, 'dc')],
  [1, reserve('whole', 1, { split: 'never' })],
  [2, reserve('pinned', 1)],
  [2, pin('pinned')],
  [3, receive(2, 'store')],
  [4, adjust(-1, 'dc'), [{ type: 'moved' }, reallocated('whole', 1, 'dc', 'store')]],
]);

story('[R28b] what may not be split stays with a line that asked for its place, also when a part of that is sold', [
  [0, receive(4, 'dc')],
  [0, receive(4, 'store')],
  [0, reserve('a', [2, [2, 'dc']], { split: 'never' })],
  [0, commit('a', { 2: 1 }, { keepRest: true })],
  [0, adjust(-1, 'dc'), [{ type: 'moved' }, caseOpened('over_reservation', 1)]],
]);
