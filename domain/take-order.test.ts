import { describe } from 'vitest';
import { booked, ordered, placed, reallocated, shipped } from '../test/story/events.ts';
import {
  cancel,
  commit,
  erpCount,
  extend,
  fulfill,
  moved,
  policy,
  receive,
  reserve,
  stockTake,
  takeOrder,
} from '../test/story/orders.ts';
import { ats, backordered, cases, consumed, onHand, placesOf, status, units } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

describe('[R30c] an order that was accepted elsewhere is owed from the start', () => {
  story('where its channel finds units', [
    [0, receive(5)],
    [1_000, takeOrder('a', 3), [ordered('a', 3, 'dc', { orderRef: 'order-a', channel: 'web' })]],
    [1_000, status('a'), 'committed'],
    [1_000, ats(), 2],
    [2_000, extend('a', 1_000), 'already_committed'],
    [99_000, units('a'), { owed: 3 }],
  ]);

  story('in one parcel where it can be', [
    [0, receive(4)],
    [0, receive(9, 'store')],
    [0, takeOrder('a', 6), [ordered('a', 6, 'store')]],
  ]);

  story('in several entries, one for each place and one for what nobody has', [
    [0, receive(4)],
    [0, receive(3, 'store')],
    [
      0,
      takeOrder('a', 9),
      [ordered('a', 4, 'dc'), ordered('a', 3, 'store'), ordered('a', 2, null), { type: 'case_opened', difference: 2 }],
    ],
    [0, units('a'), { owed: 9 }],
    [0, placesOf('a'), { dc: 4, store: 3 }],
    [0, receive(2, 'warehouse'), [booked('received', ['warehouse', 2]), placed('a', 2, 'warehouse'), { type: 'case_closed' }]],
  ]);

  story('at the place that it names, also below zero, and nobody moves it from there', [
    [0, receive(2)],
    [0, receive(9, 'store')],
    [0, takeOrder('a', 5, { at: 'dc' }), [ordered('a', 5, 'dc'), { type: 'case_opened', difference: 3 }]],
    [0, cases, [['over_reservation', 3]]],
    [0, ats(), 6],
    [0, placesOf('a'), { dc: 5 }],
  ]);

  story('where lines name places and others do not, these have what is left', [
    [0, receive(5)],
    [
      0,
      takeOrder('a', [[4, 'dc'], 3]),
      [
        {
          type: 'ordered',
          location: 'dc',
          lines: [
            { line: 1, quantity: 4 },
            { line: 2, quantity: 1 },
          ],
        },
        { type: 'ordered', location: null, lines: [{ line: 2, quantity: 2 }] },
        { type: 'case_opened', difference: 2 },
      ],
    ],
    [0, units('a', 2), { owed: 3 }],
  ]);

  story('whatever holds plans up: stop-sell, buffers, safety stock, caps; it counts for them', [
    [0, receive(5)],
    [0, policy({ stopSell: true, buffers: { web: 5 }, quotas: { web: { cap: 1 } } })],
    [0, takeOrder('a', 4)],
    [0, placesOf('a'), { dc: 4 }],
    [0, consumed('web'), 4],
    [0, policy({ safetyStock: { dc: 1 } })],
    [0, takeOrder('b', 1)],
    [0, backordered, 1],
  ]);

  story('from places and for channels of which nothing is known', [
    [0, receive(5)],
    [
      0,
      takeOrder('a', 2, { channel: 'new', at: 'far away' }),
      [ordered('a', 2, 'far away'), { type: 'case_opened', difference: 2 }],
    ],
    [0, takeOrder('b', 2, { channel: 'new' }), [ordered('b', 2, null), { type: 'case_changed' }]],
  ]);

  story('once: what is there already is not booked again', [
    [0, receive(5)],
    [0, takeOrder('a', 3)],
    [0, takeOrder('a', 3), 'no change'],
  ]);

  story('and who waits longer goes before it', [
    [0, policy({ backorderLimit: 9 })],
    [0, reserve('early', 3)],
    [1_000, takeOrder('late', 2)],
    [2_000, receive(4)],
    [2_000, placesOf('early'), { dc: 3 }],
    [2_000, placesOf('late'), { dc: 1 }],
  ]);

  story('[R30b] its goods leave once, under its order_ref, and it can be cancelled', [
    [0, receive(9)],
    [0, takeOrder('a', 5, { orderRef: 'MKT-1' })],
    [0, moved('shipped', 2, { orderRef: 'MKT-1' }), [shipped('a', 2)]],
    [0, cancel('a', 1)],
    [0, fulfill('a', 2)],
    [0, units('a'), { fulfilled: 4, cancelled: 1 }],
    [0, onHand(), 5],
    [
      0,
      moved('returned', 1, { orderRef: 'MKT-1', status: 'quality_control' }),
      [booked('returned', ['dc', 1, 'quality_control'])],
    ],
  ]);
});

const fromErp = (mark: number, more: object = {}) => ({ books: 'erp', mark, ...more }) as const;

describe('[R42] an order that the ERP took itself', () => {
  story('at the place that it names is in its count from then on', [
    [0, receive(10)],
    [0, takeOrder('a', 4, fromErp(2, { at: 'dc' }))],
    // 10 at mark 1, before it took the order; the receipt is ours and not there yet.
    [0, erpCount(0, 1)],
    [0, onHand(), 10],
    [0, ats(), 6],
  ]);

  story('told after a count that held it leaves on hand less committed as it was counted', [
    [0, erpCount(6, 5)],
    [0, ats(), 6],
    [0, takeOrder('a', 4, fromErp(3, { at: 'dc' })), [ordered('a', 4, 'dc', { onHand: 4 })]],
    [0, onHand(), 10],
    [0, ats(), 6],
  ]);

  story('told after a count of what is on hand changes nothing on hand', [
    [0, erpCount(6, 5, { meaning: 'on_hand' })],
    [0, takeOrder('a', 4, fromErp(3, { at: 'dc' })), [ordered('a', 4, 'dc', { onHand: 0 })]],
    [0, ats(), 2],
  ]);

  story('for no place is put where units are, and its count knows nothing of that', [
    [0, erpCount(10, 1)],
    [0, takeOrder('a', 4, fromErp(2)), [ordered('a', 4, 'dc', { lines: [{ quantity: 4, unnamed: true }] })]],
    [0, ats(), 6],
    [0, erpCount(10, 3)],
    [0, onHand(), 10],
    [0, ats(), 6],
  ]);

  story('of which one line names a place and another does not is held by its count as far as it named it', [
    [0, erpCount(6, 5)],
    [
      0,
      takeOrder('a', [1, [3, 'dc']], fromErp(3)),
      [
        {
          ...ordered('a', 1, 'dc', { onHand: 3 }),
          lines: [
            { at: null, unnamed: true },
            { at: 'dc', quantity: 3 },
          ],
        },
      ],
    ],
  ]);

  story('for no place, told after a count, was not held by that', [
    [0, erpCount(6, 5)],
    [0, takeOrder('a', 4, fromErp(3)), [ordered('a', 4, 'dc', { onHand: 0 })]],
    [0, onHand(), 6],
    [0, ats(), 2],
  ]);

  story('for no place, whose goods left before the count, is gone from it', [
    [0, erpCount(10, 1)],
    [0, takeOrder('a', 4, fromErp(2))],
    [0, erpCount(6, 4)],
    [0, ats(), 2],
    [0, moved('shipped', 4, { ...fromErp(3), orderRef: 'order-a' }), [shipped('a', 4, { onHand: 0 })]],
    [0, onHand(), 6],
    [0, ats(), 6],
  ]);

  story('whose goods left from elsewhere, and were counted before we heard of it, is taken back where it was named', [
    [0, erpCount(6, 5)],
    [0, erpCount(10, 5, { at: 'store' })],
    [0, takeOrder('a', 4, fromErp(3, { at: 'dc' }))],
    // At mark 7 its units are back in the dc and gone from the store.
    [0, erpCount(10, 7)],
    [0, erpCount(6, 7, { at: 'store' })],
    [
      0,
      moved('shipped', 4, { ...fromErp(6), at: 'store', orderRef: 'order-a' }),
      [{ ...reallocated('a', 4, 'dc', 'store'), unnamed: 'to', onHand: -4 }, shipped('a', 4, { onHand: 0, location: 'store' })],
    ],
    [0, onHand(), 10],
    [0, onHand('store'), 6],
    [0, ats(), 16],
  ]);

  story('for no place, whose goods leave from elsewhere than where we put it, is taken from no number of the ERP', [
    [0, erpCount(10, 1)],
    [0, erpCount(10, 1, { at: 'store' })],
    [0, takeOrder('a', 4, fromErp(2))],
    [
      0,
      moved('shipped', 4, { at: 'store', orderRef: 'order-a' }),
      [{ ...reallocated('a', 4, 'dc', 'store'), unnamed: 'both' }, shipped('a', 4, { lines: [{ unnamed: true }] })],
    ],
    [0, erpCount(10, 3)],
    [0, ats(), 16],
  ]);
});

describe('[R35] an order of ours that was accepted before a count', () => {
  story('is a commitment of now: what the count was less by was something else', [
    [0, stockTake(6, 5_000, { meaning: 'on_hand_minus_committed' })],
    [6_000, takeOrder('a', 4, { placedAtMs: 1_000, at: 'dc' }), [ordered('a', 4, 'dc', { onHand: 0 })]],
  ]);

  story('bears the time at which it was placed, and never one that is still to come', [
    [0, receive(9)],
    [2_000, takeOrder('a', 1, { placedAtMs: 1_000 }), [ordered('a', 1, 'dc', { occurredAtMs: 1_000 })]],
    [2_000, takeOrder('b', 1, { placedAtMs: 9_000 }), [ordered('b', 1, 'dc', { occurredAtMs: 2_000 })]],
  ]);
});

story('[R30c] a reservation of ours beside it is what it was', [
  [0, receive(5)],
  [0, reserve('mine', 2)],
  [0, takeOrder('a', 3)],
  [0, commit('mine')],
  [0, units('mine'), { owed: 2 }],
]);
