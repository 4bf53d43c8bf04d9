import { expect, test } from 'vitest';
import type { PostingKind, PostingLine } from '../../domain/posting.ts';
import type { StockStatus } from '../../domain/stock.ts';
import { location } from '../../test/story/ids.ts';
import { transfersOf } from './transfers.ts';

const DC = { location: location('dc'), status: 'sellable' } as const;
const STORE = { location: location('store'), status: 'sellable' } as const;

test.each<readonly [PostingKind, number, unknown]>([
  ['committed', -2, { from: DC, to: 'customer', quantity: 2 }],
  ['cancelled', 2, { from: 'customer', to: DC, quantity: 2 }],
  ['shipped', -2, { from: DC, to: 'customer', quantity: 2 }],
  ['sold', -2, { from: DC, to: 'customer', quantity: 2 }],
  ['returned', 2, { from: 'customer', to: DC, quantity: 2 }],
  ['received', 2, { from: 'supplier', to: DC, quantity: 2 }],
  ['adjusted', -2, { from: DC, to: 'lost_found', quantity: 2 }],
  ['adjusted', 2, { from: 'lost_found', to: DC, quantity: 2 }],
  ['counted', -2, { from: DC, to: 'lost_found', quantity: 2 }],
  ['reallocated', 2, { from: 'customer', to: DC, quantity: 2 }],
])('%s of %i goes its way', (kind, onHand, transfer) => {
  expect(transfersOf({ kind, lines: [at('dc', onHand)] })).toEqual([transfer]);
});

test('what leaves one place and comes to another goes straight there', () => {
  expect(transfersOf({ kind: 'transferred', lines: [at('dc', -5), at('store', 5)] })).toEqual([
    { from: DC, to: STORE, quantity: 5 },
  ]);
});

test('what leaves and comes in different amounts meets as far as it goes, and the rest goes outside', () => {
  const lines = [at('dc', -5), at('store', 3), at('dc', 1, 'damaged')];
  expect(transfersOf({ kind: 'reallocated', lines })).toEqual([
    { from: DC, to: STORE, quantity: 3 },
    { from: DC, to: { ...DC, status: 'damaged' }, quantity: 1 },
    { from: DC, to: 'customer', quantity: 1 },
  ]);
});

test('an order that leaves several places is several moves; a commitment alone is none', () => {
  expect(transfersOf({ kind: 'committed', lines: [at('dc', -1), at('store', -2)] })).toHaveLength(2);
  expect(transfersOf({ kind: 'committed', lines: [{ ...at('dc', 0), committed: 2 }] })).toEqual([]);
});

function at(place: string, onHand: number, status: StockStatus = 'sellable'): PostingLine {
  return { location: location(place), status, onHand, committed: 0 };
}
