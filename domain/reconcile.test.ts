import { expect, test } from 'vitest';
import { caseOpened } from '../test/story/events.ts';
import { location, source } from '../test/story/ids.ts';
import { commit, erpCount, moved, receive, reconcile, reserve } from '../test/story/orders.ts';
import { acknowledge, ats, onHand, sendPosting } from '../test/story/questions.ts';
import { story, World, type Question } from '../test/story/story.ts';
import { varianceOf, type Holds, type Standing } from './variance.ts';

const fromErp = (mark: number) => ({ books: 'erp', mark }) as const;
const reconciled = (units: number, more: object = {}): object => ({ type: 'reconciled', onHand: units, ...more });

/** By how many units this reading is apart from the books; nothing is booked by asking. */
function variance(quantity: number, holds: Holds, at = 'dc'): Question {
  return {
    ask: ({ stock, books }) => {
      const place = { location: location(at), status: 'sellable', source: source('erp') } as const;
      const found = varianceOf(stock, { ...place, quantity, meaning: 'on_hand_minus_committed', holds }, books);
      return found.outcome === 'known' ? found.variance : found.outcome;
    },
  };
}

const at = (mark: number) => ({ mark });

story('[R34] [R36] a number is compared with what waits for the ERP added, and asking books nothing', [
  [0, moved('received', 10, fromErp(1))],
  [0, reserve('a', 3)],
  [0, commit('a')],
  [1, variance(10, at(1)), 0],
  [1, variance(8, at(1)), -2],
  [2, sendPosting(3)],
  [2, variance(8, at(1)), 'deferred'],
  [3, acknowledge(3, 2)],
  [3, variance(8, at(1)), -2],
  [3, variance(7, at(2)), 0],
  [4, onHand(), 10],
]);

story('[R34] [R36] a number is compared at the mark of the count that was booked last, and not below it', [
  [0, erpCount(10, 5)],
  [1, moved('received', 2, fromErp(6))],
  [1, variance(9, at(5)), -1],
  [1, variance(9, at(4)), 'stale'],
  [1, variance(12, at(6)), 0],
]);

story('[R36] a difference that is still so is booked with its reason, and is no news for the ERP', [
  [0, receive(10)],
  [0, acknowledge(1, 1)],
  [1, reconcile(8, -2, { holds: at(3) }), [reconciled(-2, { books: 'erp', reason: 'unknown: run-1', base: { mark: 3 } })]],
  [1, ats(), 8],
  [2, variance(8, at(3)), 0],
  [2, { ask: ({ books }) => books.postings().length }, 1],
]);

const toStore = {
  id: 'run-7-store',
  location: location('store'),
  status: 'sellable',
  quantity: 2,
  meaning: 'on_hand_minus_committed',
  holds: at(1),
  variance: 2,
} as const;

story('[R36] units that lie elsewhere are booked at both places', [
  [0, receive(10)],
  [0, acknowledge(1, 1)],
  [
    1,
    reconcile(8, -2, { holds: at(1), beside: [toStore] }),
    [reconciled(-2), reconciled(2, { location: 'store', id: 'run-7-store' })],
  ],
  [1, onHand(), 8],
  [1, onHand('store'), 2],
]);

story('[R36] units that lie elsewhere are booked at no place while a posting of one of them is under way', [
  [0, receive(10)],
  [0, acknowledge(1, 1)],
  [0, moved('received', 1, { at: 'store' })],
  [1, sendPosting(2)],
  [1, reconcile(8, -2, { holds: at(1), beside: [toStore] }), 'deferred'],
  [1, onHand(), 10],
]);

story('[R36] a difference that is another by now is not booked', [
  [0, receive(10)],
  [0, acknowledge(1, 1)],
  [1, moved('adjusted', -1, fromErp(2))],
  [1, reconcile(8, -2, { holds: at(3) }), 'changed'],
  [1, onHand(), 9],
]);

story('[R36] nothing is booked while a posting is under way, or below the newest count', [
  [0, receive(10)],
  [0, sendPosting(1)],
  [1, reconcile(8, -2, { holds: at(3) }), 'deferred'],
  [2, acknowledge(1, 1)],
  [2, erpCount(10, 4)],
  [3, reconcile(8, -2, { holds: at(3) }), 'stale'],
  [3, onHand(), 10],
]);

story('[R34] [R36] what the ERP tells late of what a correction held changes nothing', [
  [0, erpCount(10, 1)],
  [1, reconcile(6, -4, { holds: at(5) })],
  [2, moved('sold', 4, fromErp(3))],
  [2, onHand(), 6],
  [3, moved('sold', 1, fromErp(6))],
  [3, onHand(), 5],
]);

story('[R28] [R36] a correction for want of goods opens the case of the shortage', [
  [0, erpCount(10, 1)],
  [0, reserve('a', 9)],
  [1, reconcile(6, -4, { holds: at(5) }), [reconciled(-4), caseOpened('over_reservation', 3)]],
]);

/** Of an ERP without marks: what is asked before its number is read, and what may happen between. */
function between(happens: (world: World) => void, quantity: number): unknown {
  const world = new World();
  world.do(0, receive(10));
  answer(world, 1);
  const standing: Standing = world.books.standing();
  happens(world);
  return variance(quantity, { standing }).ask(world, 9);
}

function answer({ books }: World, sequence: number): void {
  const entry = books.entries.find((one) => one.sequence === sequence);
  if (entry !== undefined) books.posted(entry, null, 1);
}

test('[R35] a number without a mark holds what was answered and not what waits', () => {
  expect(between(() => undefined, 9)).toBe(-1);
  expect(
    between((world) => {
      world.do(2, reserve('a', 3));
      world.do(2, commit('a'));
    }, 9),
  ).toBe(-1);
});

test.each<readonly [string, (world: World) => void]>([
  [
    'a posting left and nobody answered',
    (world) => {
      world.do(2, moved('received', 5));
      const sent = world.books.entries.at(-1);
      if (sent !== undefined) world.books.sent(sent);
    },
  ],
  [
    'a posting was answered',
    (world) => {
      world.do(2, moved('received', 5));
      answer(world, world.stock.sequence);
    },
  ],
  ['the ERP told of something at that place', (world) => world.do(2, moved('sold', 1, { books: 'erp', mark: null }))],
])('[R35] a number without a mark is not compared where %s between', (_, happens) => {
  expect(between(happens, 9)).toBe('deferred');
});

test('[R35] what the ERP told of another place does not matter to this one', () => {
  expect(between((world) => world.do(2, moved('received', 1, { books: 'erp', mark: null, at: 'store' })), 9)).toBe(-1);
});

test('[R35] [R36] a correction without a mark is no base: what is told later is news', () => {
  const world = new World();
  world.do(0, receive(10));
  answer(world, 1);
  const standing = world.books.standing();
  world.do(1, reconcile(7, -3, { holds: { standing }, asOfMs: 1 }));
  world.do(2, moved('sold', 2, { books: 'erp', mark: null, occurredAtMs: 0 }));
  expect(onHand().ask(world, 3)).toBe(5);
});

story('[R36] a correction says that it was booked, and as of when the number was read, never of a time to come', [
  [0, receive(10)],
  [0, acknowledge(1, 1)],
  [5, reconcile(9, -1, { id: 'run-1', holds: at(3), asOfMs: 4 }), [reconciled(-1, { occurredAtMs: 4 })]],
  [5, reconcile(8, -1, { id: 'run-2', holds: at(3), asOfMs: 9 }), [reconciled(-1, { occurredAtMs: 5 })]],
  [5, reconcile(7, -1, { id: 'run-3', holds: at(3) }), 'applied'],
]);
