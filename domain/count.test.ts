import { describe, expect, test } from 'vitest';
import { counted } from '../test/story/events.ts';
import {
  cancel,
  commit,
  erpCount,
  fulfill,
  moved,
  policy,
  receive,
  reconcile,
  release,
  reserve,
  stockTake,
} from '../test/story/orders.ts';
import { acknowledge, ats, forgetPostingsUpTo, onHand, sendPosting } from '../test/story/questions.ts';
import { story, World } from '../test/story/story.ts';
import { effectOf } from './effect.ts';
import { placeKey } from './stock.ts';
import { location } from '../test/story/ids.ts';

const fromErp = (mark: number) => ({ books: 'erp', mark }) as const;

story('[R34] a count says what is there', [
  [0, erpCount(7, 1), [counted(7, { base: { mark: 1, meaning: 'on_hand_minus_committed' } })]],
  [0, ats(), 7],
  [0, erpCount(4, 2), [counted(-3)]],
]);

story('[R34] what the ERP has not got yet is added to its count', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [1, erpCount(10, 1), [counted(0)]],
  [1, ats(), 7],
]);

story('[R34] what the ERP has got is not added again', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [0, sendPosting(3)],
  [0, acknowledge(3, 2)],
  [1, erpCount(7, 2), [counted(0)]],
]);

story('[R34] in the ERP at a mark is what was acknowledged at that mark or before', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [0, acknowledge(3, 5)],
  [1, erpCount(10, 4), [counted(0)]],
  [2, erpCount(7, 5), [counted(0)]],
  [3, erpCount(6, 6), [counted(-1)]],
]);

story('[R34] while a posting is under way a count has to wait', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [0, sendPosting(3)],
  [1, erpCount(10, 4), 'deferred'],
  [1, onHand(), 10],
  [2, acknowledge(3, 5)],
  [2, erpCount(10, 4), 'applied'],
  [2, ats(), 7],
]);

describe('[R34] in the turn in which a count comes somebody who waited gets the units that a basket just lost', () => {
  const before = [
    [0, policy({ backorderLimit: 3 })],
    [0, moved('received', 10, fromErp(1))],
    [0, reserve('basket', 4)],
    [1, reserve('order', 8)],
    [2, commit('order')],
  ] as const;

  story('which no ERP can have heard of', [
    ...before,
    [60_000, erpCount(10, 1), 'applied'],
    [60_000, onHand(), 10],
    [60_000, ats(), 5],
  ]);

  story('whether it tells marks or not', [
    ...before,
    [60_000, erpCount(10, null, { asOfMs: 1 }), 'applied'],
    [60_000, onHand(), 10],
  ]);

  story('and a run that proposes the same', [
    ...before,
    [60_000, reconcile(12, 2, { holds: { mark: 1 } }), 'applied'],
    [60_000, onHand(), 12],
  ]);
});

story('[R34] a posting under way for one place holds up no other', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [0, sendPosting(3)],
  [1, erpCount(4, 4, { at: 'store' }), 'applied'],
]);

story('[R34] ERP facts beyond the mark that are here already are added', [
  [0, moved('received', 10, fromErp(1))],
  [0, moved('sold', 2, fromErp(5))],
  [1, erpCount(10, 4), [counted(0)]],
  [2, erpCount(8, 5), [counted(0)]],
]);

story('[R34] a late ERP fact is in the count already', [
  [0, erpCount(8, 5)],
  [1, moved('sold', 2, fromErp(5)), [{ changes: [{ onHand: 0 }] }]],
  [2, moved('sold', 1, fromErp(6)), [{ changes: [{ onHand: -1 }] }]],
  [2, onHand(), 7],
]);

story('[R34] of a late transfer only the side that was counted is skipped', [
  [0, receive(9, 'store')],
  [0, erpCount(8, 5)],
  [
    1,
    moved('transferred', 2, { ...fromErp(4), at: 'store', to: ['dc', 'sellable'] }),
    [{ changes: [{ onHand: -2 }, { onHand: 0 }] }],
  ],
]);

story(
  '[R34] a late shipment changes no X: of on_hand its units are gone already',
  [
    [0, moved('received', 10, fromErp(1))],
    [0, reserve('a', 3)],
    [0, commit('a')],
    [1, erpCount(7, 5, { meaning: 'on_hand' }), [counted(-3)]],
    [2, moved('shipped', 3, { ...fromErp(4), for: 'a' }), [{ type: 'shipped', onHand: 0 }]],
    [2, onHand(), 7],
    [2, ats(), 7],
  ],
  { issueAt: 'fulfil' },
);

story('[R34] a late shipment changes no X: of on_hand_minus_committed both sides move', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [0, acknowledge(3, 2)],
  [1, erpCount(7, 5), [counted(0)]],
  [2, moved('shipped', 3, { ...fromErp(4), for: 'a' }), [{ type: 'shipped', onHand: -3 }]],
  [2, onHand(), 7],
  [2, ats(), 7],
]);

story('[R34] a count that is not newer than the base is stale', [
  [0, erpCount(8, 5)],
  [1, erpCount(9, 5), 'stale'],
  [1, erpCount(9, 4), 'stale'],
  [1, onHand(), 8],
  [1, erpCount(9, 6), 'applied'],
]);

story('[R34] a base is of one source, one location and one status', [
  [0, erpCount(8, 5)],
  [1, erpCount(3, 1, { at: 'store' }), 'applied'],
  [1, erpCount(2, 1, { status: 'damaged' }), 'applied'],
  [1, erpCount(7, 1, { source: 'other-erp' }), 'applied'],
]);

story('[R34] a count older than the oldest posting that is kept is stale', [
  [0, forgetPostingsUpTo(10)],
  [0, erpCount(8, 10), 'stale'],
  [0, erpCount(8, 11), 'applied'],
]);

story(
  '[R34] a count of what is sold without a promise leaves the promises alone',
  [
    [0, moved('received', 10, fromErp(1))],
    [0, reserve('a', 3)],
    [0, reserve('b', 2)],
    [0, commit('b')],
    [1, erpCount(9, 2, { meaning: 'on_hand' }), [counted(-1)]],
    [1, ats(), 4],
  ],
  { issueAt: 'fulfil' },
);

story('[R34] promises stand on sellable units, so the count of another status knows nothing of them', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [1, erpCount(4, 2, { status: 'damaged' }), [counted(4)]],
  [1, onHand('dc', 'damaged'), 4],
]);

describe('[R34] what an own entry changes', () => {
  const world = (): World => {
    const begun = new World();
    begun.do(0, moved('received', 10, fromErp(1)));
    begun.do(0, reserve('a', 4));
    return begun;
  };
  const table = [
    { name: 'committed: 0, +q', before: [], when: commit('a'), h: 0, k: 4 },
    { name: 'cancelled: 0, −q', before: [commit('a')], when: cancel('a', 3), h: 0, k: -3 },
    { name: 'shipped against a commitment: −q, −q', before: [commit('a')], when: fulfill('a', 3), h: -3, k: -3 },
    {
      name: 'shipped by a fact against a commitment: −q, −q',
      before: [commit('a')],
      when: moved('shipped', 3, { for: 'a' }),
      h: -3,
      k: -3,
    },
    { name: 'received: h, 0', before: [], when: moved('received', 2), h: 2, k: 0 },
    { name: 'adjusted: h, 0', before: [], when: moved('adjusted', -2), h: -2, k: 0 },
    { name: 'counted: h, 0', before: [], when: stockTake(7, 0), h: -3, k: 0 },
    { name: 'released: nothing', before: [], when: release('a'), h: 0, k: 0 },
  ];
  test.each(table)('$name', ({ before, when, h, k }) => {
    const begun = world();
    for (const command of before) begun.do(0, command);
    const x = () => ({
      onHand: begun.stock.balances.get(placeKey({ location: location('dc'), status: 'sellable' }))?.onHand ?? 0,
      committed: begun.stock.committed.get(location('dc')) ?? 0,
    });
    const was = x();
    const { entries } = begun.do(0, when);
    expect({ h: x().onHand - was.onHand, k: x().committed - was.committed }).toEqual({ h, k });
    const lines = entries.flatMap(({ event }) => effectOf(event).lines);
    expect({ h: sum(lines.map((line) => line.onHand)), k: sum(lines.map((line) => line.committed)) }).toEqual({ h, k });
  });
});

story('[R35] a stock-take holds what occurred by then, whenever the news of it comes', [
  [0, receive(10)],
  [100, moved('sold', 1, { occurredAtMs: 40 })],
  [110, stockTake(8, 50), [counted(-1)]],
  [120, moved('sold', 1, { occurredAtMs: 49 }), [{ changes: [{ onHand: 0 }] }]],
  [120, moved('sold', 1, { occurredAtMs: 50 }), [{ changes: [{ onHand: 0 }] }]],
  [120, moved('sold', 1, { occurredAtMs: 51 }), [{ changes: [{ onHand: -1 }] }]],
  [120, onHand(), 7],
]);

story('[R35] what occurred after a stock-take is added to it', [
  [0, receive(10)],
  [60, moved('sold', 2)],
  [70, reserve('a', 3)],
  [70, commit('a')],
  [80, fulfill('a', 1)],
  [100, stockTake(9, 50), [counted(-1)]],
  [100, onHand(), 6],
]);

story('[R35] a stock-take that is not newer than the last one is stale', [
  [0, receive(10)],
  [100, stockTake(9, 50), 'applied'],
  [110, stockTake(8, 50), 'stale'],
  [110, stockTake(8, 49), 'stale'],
  [110, stockTake(8, 51), 'applied'],
]);

story('[R35] nobody counts tomorrow', [
  [0, receive(10)],
  [100, stockTake(9, 999_999), [counted(-1, { base: { asOfMs: 100 } })]],
  [101, moved('sold', 1), [{ changes: [{ onHand: -1 }] }]],
]);

story('[R35] a stock-take of what has left already settles its promise only once', [
  [0, receive(10)],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [60, stockTake(7, 50), [counted(-3)]],
  [70, moved('shipped', 3, { for: 'a', occurredAtMs: 40 }), [{ type: 'shipped', onHand: 0 }]],
  [70, onHand(), 7],
  [70, ats(), 7],
]);

story('[R35] an ERP without marks lacks what we have not posted, whenever that occurred', [
  [0, moved('received', 10, { books: 'erp' })],
  [10, moved('sold', 2)],
  [60, erpCount(10, null, { asOfMs: 50, meaning: 'on_hand' }), [counted(0)]],
  [60, onHand(), 8],
]);

story('[R35] an ERP without marks holds what it answered before its count', [
  [0, moved('received', 10, { books: 'erp' })],
  [10, moved('sold', 2)],
  [20, sendPosting(2)],
  [30, acknowledge(2, null)],
  [60, erpCount(8, null, { asOfMs: 50, meaning: 'on_hand' }), [counted(0)]],
]);

story('[R35] what an ERP without marks answered around its count has to wait', [
  [0, moved('received', 10, { books: 'erp' })],
  [10, moved('sold', 2)],
  [20, sendPosting(2)],
  [60, erpCount(8, null, { asOfMs: 50, meaning: 'on_hand' }), 'deferred'],
  [70, acknowledge(2, null)],
  [70, erpCount(8, null, { asOfMs: 50, meaning: 'on_hand' }), 'deferred'],
  [90, erpCount(8, null, { asOfMs: 80, meaning: 'on_hand' }), 'applied'],
]);

story('[R35] late news of an ERP without marks is in its count already', [
  [0, moved('received', 10, { books: 'erp' })],
  [60, erpCount(7, null, { asOfMs: 50, meaning: 'on_hand' }), [counted(-3)]],
  [70, moved('sold', 3, { books: 'erp', occurredAtMs: 40 }), [{ changes: [{ onHand: 0 }] }]],
  [80, moved('sold', 1, { books: 'erp', occurredAtMs: 51 }), [{ changes: [{ onHand: -1 }] }]],
  [80, onHand(), 6],
]);

story('[R35] a count of the ERP cannot hold what only we knew of', [
  [0, moved('received', 10, { books: 'erp' })],
  [60, erpCount(10, null, { asOfMs: 50, meaning: 'on_hand' }), [counted(0)]],
  [70, moved('sold', 3, { occurredAtMs: 40 }), [{ changes: [{ onHand: -3 }] }]],
  [70, onHand(), 7],
]);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

story('[R35] only an ERP has marks: whoever else writes a number beside a count is taken by the time', [
  [0, receive(9)],
  [5_000, stockTake(9, 4_000, { mark: 7 }), [{ ...counted(0), base: { asOfMs: 4_000, books: 'front' } }]],
  [5_000, stockTake(8, 4_500, { mark: 6 }), [counted(-1)]],
  [5_000, stockTake(7, 4_500, { mark: 9 }), 'stale'],
]);

story('[R35] an ERP that has marks and tells none of a fact is not late with it', [
  [0, erpCount(9, 5)],
  [0, moved('sold', 2, { books: 'erp', mark: null }), [{ changes: [{ onHand: -2 }] }]],
]);

test('[R35] a count from before the oldest day that the journal remembers is stale', () => {
  const world = new World();
  world.do(10_000, receive(9));
  world.books.oldestMs = 5_000;
  const { answer, entries } = world.do(10_000, stockTake(7, 4_999));
  expect([answer, entries]).toMatchObject([{ fact: { outcome: 'stale' } }, []]);
  expect(world.do(10_000, stockTake(7, 5_000)).answer).toMatchObject({ fact: { outcome: 'applied' } });
});

test('[R34] a count that has to wait, or comes too late, leaves no trace', () => {
  const world = new World();
  for (const command of [moved('received', 10, fromErp(1)), reserve('a', 3), commit('a'), erpCount(10, 3)]) world.do(0, command);
  expect(world.do(0, erpCount(10, 2))).toMatchObject({ answer: { fact: { outcome: 'stale' } }, entries: [] });
  sendPosting(3).ask(world, 0);
  expect(world.do(0, erpCount(10, 4))).toMatchObject({ answer: { fact: { outcome: 'deferred' } }, entries: [] });
});
