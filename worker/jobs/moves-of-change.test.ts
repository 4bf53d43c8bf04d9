import { describe, expect, test } from 'vitest';
import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { ErpChange } from '../../erp/port.ts';
import { movesOf } from './moves-of-change.ts';

const ERP = 'erp' as SourceId;
const DC = 'dc' as LocationId;
const STORE = 'store' as LocationId;

const at = (location: LocationId, onHand: number, committed = 0) => ({
  location,
  status: 'sellable' as const,
  onHand,
  committed,
});

function change(more: Partial<ErpChange>): ErpChange {
  return {
    mark: 7,
    key: 'GR-7',
    kind: 'received',
    sku: 'TEA' as Sku,
    lines: [at(DC, 5)],
    orderRef: null,
    document: 'D-1',
    reason: null,
    occurredAtMs: 1_000,
    reference: 'SL-7',
    ...more,
  };
}

function gist(moves: ReturnType<typeof movesOf>): readonly string[] {
  return moves.map(
    ({ id, kind, quantity, location, to }) =>
      `${id} ${kind} ${quantity} at ${location}${to === null ? '' : ` to ${to.location}`}`,
  );
}

test('[R34] a booking of the ERP is a fact of the ERP, once per key, with its mark', () => {
  expect(movesOf(change({}), ERP)).toEqual([
    {
      type: 'move',
      id: 'GR-7',
      source: ERP,
      books: 'erp',
      kind: 'received',
      location: DC,
      status: 'sellable',
      quantity: 5,
      to: null,
      reason: null,
      document: 'D-1',
      reservation: null,
      orderRef: null,
      mark: 7,
      occurredAtMs: 1_000,
    },
  ]);
});

describe('the words that the ERP uses are read by what they do', () => {
  test.each([
    ['units that came', change({}), ['GR-7 received 5 at dc']],
    ['units that went', change({ kind: 'sold', lines: [at(DC, -2)] }), ['GR-7 sold 2 at dc']],
    ['units that went for an order', change({ kind: 'sold', lines: [at(DC, -2)], orderRef: 'O-1' }), ['GR-7 shipped 2 at dc']],
    ['units that came back', change({ kind: 'returned', lines: [at(DC, 1)] }), ['GR-7 returned 1 at dc']],
    ['a return that was taken back', change({ kind: 'returned', lines: [at(DC, -1)] }), ['GR-7 adjusted -1 at dc']],
    ['a correction down', change({ kind: 'adjusted', lines: [at(DC, -4)] }), ['GR-7 adjusted -4 at dc']],
    ['a stock-take', change({ kind: 'counted', lines: [at(DC, 3)] }), ['GR-7 adjusted 3 at dc']],
    ['a transfer', change({ kind: 'transferred', lines: [at(STORE, 3), at(DC, -3)] }), ['GR-7 transferred 3 at dc to store']],
    [
      'a transfer that lost a unit',
      change({ kind: 'transferred', lines: [at(DC, -3), at(STORE, 2)] }),
      ['GR-7@7:1 adjusted -3 at dc', 'GR-7@7:2 adjusted 2 at store'],
    ],
    [
      'two places at once',
      change({ kind: 'adjusted', lines: [at(DC, 1), at(STORE, 1)] }),
      ['GR-7@7:1 adjusted 1 at dc', 'GR-7@7:2 adjusted 1 at store'],
    ],
    ['a promise that moved nothing', change({ kind: 'committed', lines: [at(DC, 0, 3)] }), []],
  ])('%s', (_, booked, expected) => {
    expect(gist(movesOf(booked, ERP))).toEqual(expected);
  });
});
