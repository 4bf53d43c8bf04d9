import { describe } from 'vitest';
import { announce, commit, moved, pin, policy, receive, release, reserve, resize, takeOrder } from '../test/story/orders.ts';
import { backordered, promised, toPromise } from '../test/story/questions.ts';
import { story } from '../test/story/story.ts';

const waitsFor = { backorderLimit: 50 };

describe('[R27e] a promise of what is not there', () => {
  story('bears the date of the receipt that completes it, the oldest reservation first', [
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 20_000], [5, 'dc', 10_000])],
    [0, reserve('a', 4)],
    [1, reserve('b', 3)],
    [2, reserve('c', 3)],
    [3, reserve('d', 1)],
    [3, promised('a'), 10_000],
    [3, promised('b'), 20_000],
    [3, promised('c'), 20_000],
    [3, promised('d'), 'no date'],
    [4, release('b')],
    [4, promised('c'), 20_000],
    [4, promised('d'), 20_000],
  ]);

  story('bears none where everything is there, and the rest counts where only some is', [
    [0, receive(3)],
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 10_000])],
    [0, reserve('a', 3)],
    [0, reserve('b', 2)],
    [0, promised('a'), 'no date'],
    [0, promised('b'), 10_000],
  ]);

  story('looks at the locations of its own channel alone', [
    [0, policy(waitsFor)],
    [0, announce([5, 'store', 10_000], [5, 'dc', 30_000])],
    [0, reserve('a', 2, { channel: 'market' })],
    [1, reserve('b', 4)],
    [2, reserve('c', 3)],
    [2, promised('a'), 30_000],
    [2, promised('b'), 10_000],
    [2, promised('c'), 30_000],
  ]);

  story('is not made by a date that has passed, though the goods may still come', [
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 10_000])],
    [0, reserve('a', 2)],
    [9_999, promised('a'), 10_000],
    [10_000, promised('a'), 'no date'],
    [10_000, announce([5, 'dc', 15_000])],
    [10_000, promised('a'), 15_000],
    [12_000, receive(5)],
    [12_000, promised('a'), 'no date'],
    [12_000, backordered, 0],
  ]);

  story('comes after what its place itself lacks', [
    [0, receive(2)],
    [0, policy({ ...waitsFor, safetyStock: { dc: 1 } })],
    [0, announce([3, 'dc', 10_000], [3, 'dc', 20_000])],
    [0, moved('adjusted', -3)],
    [0, reserve('a', 1)],
    [1, reserve('b', 1)],
    [2, reserve('c', 1)],
    [2, promised('a'), 10_000],
    [2, promised('b'), 20_000],
    [2, promised('c'), 20_000],
  ]);

  story('bears none as long as a part of it is announced by nobody', [
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 10_000])],
    [0, reserve('a', 6)],
    [0, promised('a'), 'no date'],
    [0, announce([5, 'dc', 10_000], [1, 'dc', 20_000])],
    [0, promised('a'), 20_000],
  ]);

  story('is given by age, though the older began to wait after the younger', [
    [0, receive(2)],
    [0, policy(waitsFor)],
    [0, announce([3, 'dc', 10_000], [3, 'dc', 20_000])],
    [0, reserve('old', 2)],
    [1, reserve('young', 3)],
    [2, resize('old', 5)],
    [2, promised('old'), 10_000],
    [2, promised('young'), 20_000],
  ]);

  story('comes after what is sold of its place and not there', [
    [0, policy(waitsFor)],
    [0, announce([3, 'dc', 10_000], [3, 'dc', 20_000])],
    [0, takeOrder('sold', 2, { at: 'dc' })],
    [1, reserve('a', 2)],
    [1, promised('a'), 20_000],
  ]);

  story('stays with what was pinned and committed', [
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 10_000])],
    [0, reserve('a', 2)],
    [0, pin('a')],
    [0, commit('a')],
    [0, promised('a'), 10_000],
  ]);

  story('is kept when the policy changes, and changes with the receipts', [
    [0, policy(waitsFor)],
    [0, announce([5, 'dc', 10_000])],
    [0, reserve('a', 2)],
    [0, policy({ ...waitsFor, lowStockAt: 1 })],
    [0, promised('a'), 10_000],
    [0, announce()],
    [0, promised('a'), 'no date'],
  ]);
});

describe('[R27e] what can be promised by a date', () => {
  story('is what could be sold if the receipts up to then had come', [
    [0, receive(4)],
    [0, announce([5, 'dc', 10_000], [2, 'store', 20_000], [1, 'dc', 20_000])],
    [
      0,
      toPromise('web'),
      [
        [10_000, 9],
        [20_000, 12],
      ],
    ],
    [
      0,
      toPromise('market'),
      [
        [10_000, 9],
        [20_000, 10],
      ],
    ],
    [0, toPromise('till'), [[20_000, 2]]],
    [10_000, toPromise('web'), [[20_000, 7]]],
  ]);

  story('obeys every other term: what waits, debts, quotas, caps, buffers and safety stock', [
    [
      0,
      policy({
        backorderLimit: 10,
        safetyStock: { store: 2 },
        buffers: { web: 1 },
        quotas: { web: { cap: 9 }, till: { protected: 1 } },
      }),
    ],
    [0, moved('adjusted', -2)],
    [0, reserve('a', 4)],
    [0, announce([10, 'dc', 10_000], [5, 'store', 20_000])],
    // 10 − 2 that were lacking − 4 that wait − 1 buffer + 10, at most 9 − 4 consumed.
    [
      0,
      toPromise('web'),
      [
        [10_000, 5],
        [20_000, 5],
      ],
    ],
    [0, toPromise('till'), [[20_000, 9]]],
    [0, policy({ stopSell: true })],
    [
      0,
      toPromise('web'),
      [
        [10_000, 0],
        [20_000, 0],
      ],
    ],
  ]);
});
