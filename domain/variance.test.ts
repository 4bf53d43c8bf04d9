import { describe, expect, test } from 'vitest';
import { location, source } from '../test/story/ids.ts';
import { erpCount, moved, stockTake } from '../test/story/orders.ts';
import { World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import { lacksSent, varianceOf, type Books, type Holds } from './variance.ts';

/** Books that lack nothing and reach back to mark 3 and to second 3. */
const BOOKS: Books = {
  notInErp: () => [],
  beyond: () => [],
  since: () => [],
  stoodStill: () => true,
  oldestMark: 3,
  oldestMs: 3_000,
};
const standing = { standing: { sequence: 1, sent: 0, unanswered: 0, refused: 0 } };

/** What is made of a reading of 7 units after these facts; ten were received first. */
function outcome(holds: Holds, facts: readonly Command[] = [], books: Books = BOOKS) {
  const world = new World();
  world.do(1_000, moved('received', 10, { books: 'erp', mark: 1 }));
  for (const fact of facts) world.do(9_000, fact);
  const place = { location: location('dc'), status: 'sellable', source: source('erp') } as const;
  const found = varianceOf(world.stock, { ...place, quantity: 7, meaning: 'on_hand', holds }, books);
  return found.outcome === 'known' ? found.variance : found.outcome;
}

describe('[R34] a number at a mark', () => {
  test.each([
    ['is compared where every posting since is kept', 3, [], -3],
    ['is stale where they are not', 2, [], 'stale'],
    ['is compared at the mark of the newest count', 5, [erpCount(7, 5, { meaning: 'on_hand' })], 0],
    ['is stale below it', 4, [erpCount(7, 5, { meaning: 'on_hand' })], 'stale'],
    ['is not outdated by the count of another source', 4, [erpCount(7, 5, { meaning: 'on_hand', source: 'other' })], 0],
    ['is not outdated by a stock-take', 4, [stockTake(7, 8_000)], 0],
  ] as const)('%s', (_, mark, facts, expected) => {
    expect(outcome({ mark }, facts)).toBe(expected);
  });
});

describe('[R35] a number without a mark', () => {
  const asOf = (asOfMs: number): Holds => ({ asOfMs, books: 'front' });
  test.each([
    ['is compared where the journal of all that came later is kept', 3_000, [], -3],
    ['is stale where it is not', 2_999, [], 'stale'],
    ['is compared at the time of the newest count', 5_000, [stockTake(7, 5_000)], 0],
    ['is stale before it, whoever counted', 4_999, [stockTake(7, 5_000)], 'stale'],
    [
      'is stale before one of several',
      4_999,
      [stockTake(7, 4_000, { source: 'a' }), stockTake(7, 5_000, { source: 'b' })],
      'stale',
    ],
    ['is not outdated by a count at a mark', 4_999, [erpCount(7, 5, { meaning: 'on_hand' })], 0],
  ] as const)('%s', (_, atMs, facts, expected) => {
    expect(outcome(asOf(atMs), facts)).toBe(expected);
  });

  test('of an ERP that stood still is compared, however old what is kept', () => {
    expect(outcome(standing, [stockTake(7, 8_000)])).toBe(0);
    expect(outcome(standing, [], { ...BOOKS, stoodStill: () => false })).toBe('deferred');
  });
});

describe('[R34] whether the number at mark 5 lacks a posting that was sent and is not answered', () => {
  const told = {
    through: 20,
    postings: [
      { sequence: 11, mark: 4 },
      { sequence: 12, mark: 5 },
      { sequence: 13, mark: 6 },
      { sequence: 14, mark: null },
    ],
  };
  test.each([
    ['not where the ERP booked it before', 11, told, false],
    ['not where the ERP booked it at that mark', 12, told, false],
    ['where the ERP booked it after', 13, told, true],
    ['where the ERP had not booked it when it was asked later', 14, told, true],
    ['nobody knows where the ERP was not asked for it', 15, told, null],
    ['nobody knows of the last that was sent, if it was not asked for', 20, told, null],
    ['where it was sent after the ERP was asked', 21, told, true],
    ['nobody knows where the ERP was not asked at all', 11, undefined, null],
  ])('%s', (_, sequence, said, expected) => {
    expect(lacksSent(sequence, 5, said)).toBe(expected);
  });
});
