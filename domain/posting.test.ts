import { describe, expect, test } from 'vitest';
import { sku } from '../test/story/ids.ts';
import {
  adjust,
  cancel,
  commit,
  erpCount,
  fulfill,
  moved,
  policy,
  receive,
  reserve,
  stockTake,
  takeOrder,
} from '../test/story/orders.ts';
import { World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import { ISSUE_AT, postingKey, postingOf, sequenceOf, type IssueAt } from './posting.ts';

describe('[R31] a posting has one key for ever', () => {
  test('it is the SKU and the sequence', () => {
    expect(postingKey(sku('TEA'), 17)).toBe('TEA#17');
  });

  test.each([
    ['TEA#17', 17],
    ['TEA#9007199254740991', 9_007_199_254_740_991],
    ['COFFEE#17', null],
    ['TEA#0', null],
    ['TEA#017', null],
    ['TEA#1.5', null],
    ['TEA#', null],
    ['TEA17', null],
    ['TEA#17#2', null],
  ])('%s read back is %j', (key, sequence) => {
    expect(sequenceOf(sku('TEA'), key)).toBe(sequence);
  });

  test('a SKU may hold the sign itself', () => {
    expect(sequenceOf(sku('TEA#1'), postingKey(sku('TEA#1'), 2))).toBe(2);
    expect(sequenceOf(sku('TEA'), 'TEA#1#2')).toBeNull();
  });

  test('the same entry makes the same posting again', () => {
    const [entry] = did([receive(10)]).entries;
    expect(entry && postingOf(sku('TEA'), entry, 'both')).toEqual(entry && postingOf(sku('TEA'), entry, 'both'));
  });
});

const erp = { books: 'erp', mark: 1 } as const;
const NOTHING = { commit: [], fulfil: [], both: [] };

describe('[R34] what the ERP hears, by the moment at which it books a sale', () => {
  // Each as [kind, on_hand, committed] of its posting; null where the ERP hears nothing.
  const table: readonly {
    name: string;
    before: readonly Command[];
    when: Command;
    hears: Record<IssueAt, readonly unknown[]>;
  }[] = [
    { name: 'reserve', before: [], when: reserve('a', 3), hears: NOTHING },
    {
      name: 'commit',
      before: [reserve('a', 3)],
      when: commit('a'),
      hears: { commit: [['committed', -3, 0]], fulfil: [], both: [['committed', 0, 3]] },
    },
    {
      name: 'cancel',
      before: [reserve('a', 3), commit('a')],
      when: cancel('a', 2),
      hears: { commit: [['cancelled', 2, 0]], fulfil: [], both: [['cancelled', 0, -2]] },
    },
    {
      name: 'fulfil',
      before: [reserve('a', 3), commit('a')],
      when: fulfill('a'),
      hears: { commit: [], fulfil: [['shipped', -3, 0]], both: [['shipped', -3, -3]] },
    },
    {
      name: 'a shipment of the warehouse for a commitment and one more',
      before: [reserve('a', 2), commit('a')],
      when: moved('shipped', 3, { for: 'a' }),
      hears: {
        commit: [['shipped', -1, 0]],
        fulfil: [
          ['shipped', -2, 0],
          ['shipped', -1, 0],
        ],
        both: [
          ['shipped', -2, -2],
          ['shipped', -1, 0],
        ],
      },
    },
    {
      name: 'a shipment of the ERP for a commitment',
      before: [reserve('a', 2), commit('a')],
      when: moved('shipped', 2, { ...erp, for: 'a' }),
      hears: NOTHING,
    },
    {
      name: 'a shipment of the ERP from another place',
      before: [reserve('a', 2), commit('a')],
      when: moved('shipped', 2, { ...erp, for: 'a', at: 'store' }),
      hears: { commit: [['reallocated', 2, 0, -2, 0]], fulfil: [], both: [['reallocated', 0, -2, 0, 2]] },
    },
    {
      name: 'a commitment that moves to where goods are',
      before: [reserve('a', 2), commit('a'), receive(2, 'store')],
      when: adjust(-9),
      hears: {
        commit: [
          ['adjusted', -9, 0],
          ['reallocated', 1, 0, -1, 0],
        ],
        fulfil: [['adjusted', -9, 0]],
        both: [
          ['adjusted', -9, 0],
          ['reallocated', 0, -1, 0, 1],
        ],
      },
    },
    {
      name: 'a commitment that loses its place',
      before: [policy({ backorderLimit: 9, overReservation: ['backorder'] }), reserve('a', 10), commit('a')],
      when: adjust(-1),
      hears: {
        commit: [
          ['adjusted', -1, 0],
          ['reallocated', 1, 0],
        ],
        fulfil: [['adjusted', -1, 0]],
        both: [
          ['adjusted', -1, 0],
          ['reallocated', 0, -1],
        ],
      },
    },
    {
      name: 'an order of a market, from two places',
      before: [receive(4, 'store')],
      when: takeOrder('a', [[3, 'dc'], [2, 'store'], 20]),
      hears: {
        commit: [
          ['committed', -10, 0],
          ['committed', -4, 0],
        ],
        fulfil: [],
        both: [
          ['committed', 0, 10],
          ['committed', 0, 4],
        ],
      },
    },
    { name: 'an order of the ERP itself', before: [], when: takeOrder('a', [[3, 'dc'], 2], erp), hears: NOTHING },
    {
      name: 'goods for an order of the ERP itself that named no place',
      before: [takeOrder('a', 12, erp)],
      when: receive(5, 'store'),
      hears: same(['received', 5, 0]),
    },
    {
      name: 'an order of the ERP itself that moves to where goods are',
      before: [receive(5, 'store'), takeOrder('a', 2, erp)],
      when: adjust(-9),
      hears: same(['adjusted', -9, 0]),
    },
    {
      name: 'a cancellation of what the ERP took for a place',
      before: [takeOrder('a', 3, { ...erp, at: 'dc' })],
      when: cancel('a', 2),
      hears: { commit: [['cancelled', 2, 0]], fulfil: [], both: [['cancelled', 0, -2]] },
    },
    {
      name: 'a cancellation of what the ERP took for no place',
      before: [takeOrder('a', 3, erp)],
      when: cancel('a', 2),
      hears: NOTHING,
    },
    {
      name: 'a fulfilment of what the ERP took for a place',
      before: [takeOrder('a', 3, { ...erp, at: 'dc' })],
      when: fulfill('a'),
      hears: { commit: [], fulfil: [['shipped', -3, 0]], both: [['shipped', -3, -3]] },
    },
    {
      name: 'a fulfilment of what the ERP took for no place',
      before: [takeOrder('a', 3, erp)],
      when: fulfill('a'),
      hears: same(['shipped', -3, 0]),
    },
    {
      name: 'a shipment of ours from another place than the ERP took it for',
      before: [takeOrder('a', 3, { ...erp, at: 'dc' })],
      when: moved('shipped', 3, { at: 'store', for: 'a' }),
      hears: {
        commit: [
          ['reallocated', 3, 0],
          ['shipped', -3, 0],
        ],
        fulfil: [['shipped', -3, 0]],
        both: [
          ['reallocated', 0, -3],
          ['shipped', -3, 0],
        ],
      },
    },
    {
      name: 'a shipment of the ERP from another place than it took it for',
      before: [takeOrder('a', 3, { ...erp, at: 'dc' })],
      when: moved('shipped', 3, { books: 'erp', mark: 2, at: 'store', for: 'a' }),
      hears: NOTHING,
    },
    { name: 'a receipt of the warehouse', before: [], when: receive(4), hears: same(['received', 4, 0]) },
    { name: 'a sale of the till', before: [], when: moved('sold', 1), hears: same(['sold', -1, 0]) },
    {
      name: 'a receipt of the ERP itself',
      before: [],
      when: moved('received', 4, erp),
      hears: NOTHING,
    },
    { name: 'a count of the ERP itself', before: [], when: erpCount(3, 2), hears: NOTHING },
    { name: 'a stock-take', before: [], when: stockTake(7, 0), hears: same(['counted', -3, 0]) },
    {
      name: 'a stock-take that finds what is known',
      before: [],
      when: stockTake(10, 0),
      hears: NOTHING,
    },
    {
      name: 'a backordered commitment',
      before: [policy({ backorderLimit: 9 }), reserve('a', 12)],
      when: commit('a'),
      hears: { commit: [['committed', -10, 0]], fulfil: [], both: [['committed', 0, 10]] },
    },
    {
      name: 'goods for a backordered commitment',
      before: [policy({ backorderLimit: 9 }), reserve('a', 12), commit('a')],
      when: receive(1),
      hears: {
        commit: [
          ['received', 1, 0],
          ['committed', -1, 0],
        ],
        fulfil: [['received', 1, 0]],
        both: [
          ['received', 1, 0],
          ['committed', 0, 1],
        ],
      },
    },
  ];
  const cells = table.flatMap(({ name, before, when, hears }) =>
    ISSUE_AT.map((issueAt) => ({ name, before, when, issueAt, hears: hears[issueAt] })),
  );
  test.each(cells)('$issueAt: $name', ({ before, when, issueAt, hears }) => {
    const { entries } = did([moved('received', 10, erp), ...before], when);
    const postings = entries.flatMap((entry) => postingOf(sku('TEA'), entry, issueAt) ?? []);
    expect(postings.map(({ kind, lines }) => [kind, ...lines.flatMap((line) => [line.onHand, line.committed])])).toEqual(hears);
  });
});

test('[R34] a transfer is one posting with both its places', () => {
  const { entries } = did(
    [receive(5)],
    moved('transferred', 2, { to: ['store', 'in_transit'], document: 'TO-1', occurredAtMs: 0 }),
  );
  expect(entries.map((entry) => postingOf(sku('TEA'), entry, 'commit'))).toMatchObject([
    {
      key: 'TEA#2',
      kind: 'transferred',
      quantity: 2,
      document: 'TO-1',
      lines: [
        { location: 'dc', status: 'sellable', onHand: -2 },
        { location: 'store', status: 'in_transit', onHand: 2 },
      ],
    },
  ]);
});

test('[R34] a commitment over two places is a posting for each, under the number of its order', () => {
  const { entries } = did([receive(2, 'dc'), receive(2, 'store'), reserve('a', 4)], commit('a', null, { orderRef: 'SO-7' }));
  const postings = entries.map((entry) => postingOf(sku('TEA'), entry, 'commit'));
  expect(postings).toMatchObject([
    { key: 'TEA#4', orderRef: 'SO-7', quantity: 2, lines: [{ location: 'dc' }] },
    { key: 'TEA#5', orderRef: 'SO-7', quantity: 2, lines: [{ location: 'store' }] },
  ]);
});

test('[R34] a posting bears what its entry says, and of what that does not say nothing', () => {
  const [coming] = did([policy({ backorderLimit: 5 }), receive(2), reserve('a', 4), commit('a')], receive(5)).entries.slice(-1);
  expect(coming && postingOf(sku('TEA'), coming, 'commit')).toEqual({
    key: 'TEA#7',
    sku: 'TEA',
    sequence: 7,
    kind: 'committed',
    quantity: 2,
    orderRef: 'order-a',
    document: null,
    reason: null,
    occurredAtMs: 0,
    recordedAtMs: 0,
    correlationId: null,
    lines: [{ location: 'dc', status: 'sellable', onHand: -2, committed: 0 }],
  });
});

test('[R30c] the posting of an order bears the time at which it was placed', () => {
  const world = new World();
  const { entries } = world.do(9_000, takeOrder('a', 2, { placedAtMs: 4_000, at: 'dc' }));
  expect(entries.flatMap((entry) => postingOf(sku('TEA'), entry, 'commit') ?? [])).toMatchObject([
    { kind: 'committed', quantity: 2, orderRef: 'order-a', occurredAtMs: 4_000, recordedAtMs: 9_000 },
  ]);
});

test('[R34] units that are promised elsewhere now are told by how many they are', () => {
  const { entries } = did(
    [receive(3, 'dc'), receive(3, 'store'), reserve('a', 3, { at: 'dc' }), commit('a')],
    moved('shipped', 2, { at: 'store', for: 'a' }),
  );
  expect(entries.map((entry) => postingOf(sku('TEA'), entry, 'commit'))).toMatchObject([
    { kind: 'reallocated', quantity: 2, orderRef: 'order-a' },
    null,
  ]);
});

function same(posting: readonly unknown[]): Record<IssueAt, readonly unknown[]> {
  return { commit: [posting], fulfil: [posting], both: [posting] };
}

/** The entries of the last command alone. */
function did(before: readonly Command[], when?: Command) {
  const world = new World();
  const done = [...before, ...(when === undefined ? [] : [when])].map((command) => world.do(0, command));
  return { entries: done.at(-1)?.entries ?? [] };
}
