import { describe } from 'vitest';
import {
  cancel,
  commit,
  fulfill,
  moved,
  plannedPolicy,
  policy,
  receive,
  release,
  reserve,
  resize,
} from '../test/story/orders.ts';
import { alarm, ats, backordered, consumed, placesOf } from '../test/story/questions.ts';
import { place, seller, story } from '../test/story/story.ts';

describe('[R27] what a channel is sure of', () => {
  story('is withheld from the others, and its own to take', [
    [0, receive(10)],
    [0, policy({ quotas: { market: { protected: 4 } } })],
    [0, ats('web'), 6],
    [0, ats('market'), 10],
    [0, reserve('a', 7), { code: 'insufficient_stock', lines: [{ line: 1, requested: 7, available: 6 }] }],
    [0, reserve('b', 3, { channel: 'market' })],
    [0, ats('web'), 6],
  ]);

  story('goes back to all when it is withdrawn', [
    [0, receive(10)],
    [0, policy({ quotas: { market: { protected: 4 } } })],
    [0, policy({ quotas: { market: { protected: 1 } } })],
    [0, ats('web'), 9],
    [0, policy({})],
    [0, ats('web'), 10],
  ]);
});

describe('[R27] what a channel may have at most', () => {
  story('is used up by what is promised and by what left, and given back by what comes to nothing', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', 3, { ttlMs: 10_000 })],
    [0, reserve('b', 2)],
    [0, ats('web'), 0],
    [0, release('b')],
    [0, ats('web'), 2],
    [10_000, ats('web'), 5],
    [10_000, reserve('c', 4)],
    [10_000, commit('c')],
    [10_000, cancel('c', 1)],
    [10_000, consumed('web'), 3],
    [10_000, fulfill('c')],
    [10_000, consumed('web'), 3],
    [10_000, ats('web'), 2],
  ]);

  story('is not given back by a return, which may be sold through any channel', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', 5)],
    [0, commit('a')],
    [0, fulfill('a')],
    [1_000, moved('returned', 5)],
    [1_000, ats('web'), 0],
  ]);

  story('counts goods that left as a fact says', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', 3)],
    [0, commit('a')],
    [1_000, moved('shipped', 3, { for: 'a' })],
    [1_000, consumed('web'), 3],
  ]);

  story('binds backorders too', [
    [0, policy({ backorderLimit: 10, quotas: { web: { cap: 3 } } })],
    [0, reserve('a', 4), 'insufficient_stock'],
    [0, reserve('b', 3)],
    [0, ats('web'), 0],
  ]);

  story('leaves room for what a resize gives up in the same breath', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', [4, 1])],
    [0, resize('a', { 1: 1, 2: 4 })],
    [0, resize('a', { 1: 2 }), 'insufficient_stock'],
  ]);
});

describe('[R27b] the version of a quota', () => {
  story('stays when more is granted or some is moved to another channel', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 }, market: { cap: 5 } } })],
    [0, reserve('a', 4)],
    [0, commit('a')],
    [0, fulfill('a')],
    [0, policy({ quotas: { web: { cap: 7 }, market: { cap: 3 } } })],
    [0, ats('web'), 3],
    [0, ats('market'), 3],
  ]);

  story('begins anew with another window, and then only what is still promised counts', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', 2)],
    [0, commit('a')],
    [0, fulfill('a')],
    [0, reserve('b', 1)],
    [0, consumed('web'), 3],
    [0, policy({ quotas: { web: { cap: 5, until: 90_000 } } })],
    [0, consumed('web'), 1],
  ]);

  story('begins anew after there was none', [
    [0, receive(20)],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, reserve('a', 2)],
    [0, commit('a')],
    [0, fulfill('a')],
    [0, policy({})],
    [0, policy({ quotas: { web: { cap: 5 } } })],
    [0, consumed('web'), 0],
  ]);
});

describe('[R27b] the window of a quota', () => {
  story('opens at its start and is closed at its end', [
    [0, receive(10)],
    [0, policy({ quotas: { market: { protected: 4 }, web: { cap: 2, from: 1_000, until: 2_000 } } })],
    [999, ats('web'), 6],
    [1_000, ats('web'), 2],
    [1_999, ats('web'), 2],
    [2_000, ats('web'), 6],
  ]);

  story('does not count what leaves outside it', [
    [0, receive(10)],
    [0, policy({ quotas: { web: { cap: 5, from: 1_000, until: 2_000 } } })],
    [0, reserve('a', 1)],
    [0, commit('a')],
    [0, fulfill('a')],
    [1_500, consumed('web'), 0],
    [1_500, reserve('b', 2)],
    [1_500, commit('b')],
    [1_500, fulfill('b')],
    [2_000, reserve('c', 1)],
    [2_000, commit('c')],
    [2_000, fulfill('c')],
    [2_000, consumed('web'), 2],
  ]);

  story('lets those who wait have what it kept, as soon as it ends', [
    [0, receive(4)],
    [0, policy({ backorderLimit: 5, quotas: { market: { protected: 4, until: 30_000 } } })],
    [0, reserve('a', 3)],
    [0, backordered, 3],
    [29_999, alarm, []],
    [30_000, alarm, [{ type: 'placed', at: { location: 'dc', quantity: 3 } }]],
    [30_000, placesOf('a'), { dc: 3 }],
  ]);

  // The web takes its quota from the outlet first, which nobody else serves; what it gets there itself it is kept elsewhere.
  story(
    'moves to another place when its own channel is served where it lay',
    [
      [0, policy({ backorderLimit: 20, safetyStock: { dc: 6, outlet: 4 }, quotas: { web: { protected: 6 } } })],
      [0, receive(6, 'dc')],
      [0, receive(4, 'outlet')],
      [0, reserve('old', 2)],
      [1, reserve('new', 8, { channel: 'market' })],
      [2, policy({ backorderLimit: 20, quotas: { web: { protected: 6 } } })],
      [2, placesOf('old'), { outlet: 2 }],
      [2, placesOf('new'), { dc: 4 }],
    ],
    {
      network: {
        version: 1,
        locations: [place('outlet', 1), place('dc', 2)],
        channels: [seller('web', null), seller('market', ['dc'])],
      },
    },
  );
});

describe('[R26] [R27b] a planned quota is refused', () => {
  story('where its cap would be below what was consumed, and then nothing changes', [
    [0, receive(10)],
    [0, reserve('a', 4)],
    [0, plannedPolicy({ quotas: { web: { cap: 3 } } }), { code: 'cap_below_consumption', channel: 'web', cap: 3, consumed: 4 }],
    [0, ats('web'), 6],
    [0, plannedPolicy({ quotas: { web: { cap: 4 } } })],
  ]);

  story('not for a cap that stays, whatever raced past it', [
    [0, receive(10)],
    [0, policy({ quotas: { web: { cap: 3 } } })],
    [0, policy({ quotas: { web: { cap: 3 } } })],
    [0, reserve('a', 3)],
    [0, policy({ quotas: { web: { cap: 1 } } })],
    [0, plannedPolicy({ lowStockAt: 1, quotas: { web: { cap: 1 } } })],
  ]);

  story('not for a cap in a window that is not open: nobody knows what will be consumed by then', [
    [0, receive(10)],
    [0, reserve('a', 4)],
    [0, plannedPolicy({ quotas: { web: { cap: 3, from: 60_000 } } })],
  ]);

  story('where more would be protected than there is', [
    [0, receive(10)],
    [0, receive(5, 'store')],
    [
      0,
      plannedPolicy({ safetyStock: { dc: 2 }, quotas: { web: { protected: 9 }, market: { protected: 5 } } }),
      { code: 'protected_above_stock', unused: 14, stock: 13 },
    ],
    [0, plannedPolicy({ safetyStock: { dc: 2 }, quotas: { web: { protected: 9 }, market: { protected: 4 } } })],
  ]);

  story('not where units only move from one channel to another, even while stock is short', [
    [0, receive(10)],
    [0, policy({ quotas: { web: { protected: 9 } } })],
    [0, moved('adjusted', -5)],
    [0, plannedPolicy({ quotas: { web: { protected: 4 }, market: { protected: 5 } } })],
    [0, plannedPolicy({ quotas: { web: { protected: 5 }, market: { protected: 5 } } }), 'protected_above_stock'],
  ]);

  story('never when the catalogue says it: that is a fact', [
    [0, receive(10)],
    [0, reserve('a', 4)],
    [0, policy({ quotas: { web: { cap: 1, protected: 99 } } })],
    [0, ats('web'), 0],
    [0, ats('market'), 0],
  ]);
});

story('[R27b] units are protected less what was sold under it, so more may be protected as units sell', [
  [0, receive(10)],
  [0, policy({ quotas: { market: { protected: 6 } } })],
  [0, reserve('a', 4, { channel: 'market' })],
  [0, plannedPolicy({ quotas: { market: { protected: 10 } } })],
  [0, plannedPolicy({ quotas: { market: { protected: 11 } } }), 'protected_above_stock'],
]);

story('[R27b] a cap that stays as it was is in nobody’s way, whatever the caps of other channels', [
  [0, receive(10, 'store')],
  [0, reserve('a', 2, { channel: 'till' })],
  [0, policy({ quotas: { market: { cap: 9 }, till: { cap: 1 } } })],
  [0, plannedPolicy({ lowStockAt: 1, quotas: { market: { cap: 9 }, till: { cap: 1 } } })],
  [0, plannedPolicy({ quotas: { market: { cap: 9 }, till: { cap: 0 } } }), 'cap_below_consumption'],
]);

story('[R27b] what was sold counts under the quota of its own window, though another ends when that did', [
  [0, receive(10)],
  [0, policy({ quotas: { market: { cap: 9, from: 0, until: 60_000 } } })],
  [0, reserve('a', 3, { channel: 'market' })],
  [0, commit('a')],
  [1, fulfill('a')],
  [1, consumed('market'), 3],
  [2, policy({ quotas: { market: { cap: 9, from: 2, until: 60_000 } } })],
  [2, consumed('market'), 0],
]);
