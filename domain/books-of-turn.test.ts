import { describe, expect, test } from 'vitest';
import { location, reservationId, source } from '../test/story/ids.ts';
import { booksOfTurn } from './books-of-turn.ts';
import type { Entry } from './event.ts';
import type { PostingLine } from './posting.ts';
import type { Place } from './stock.ts';
import type { Books } from './variance.ts';

const DC: Place = { location: location('dc'), status: 'sellable' };
const STORE: Place = { location: location('store'), status: 'sellable' };
const STORED: PostingLine = { ...DC, onHand: -1, committed: 0 };
const WMS = source('wms');
const STANDING = { sequence: 1, sent: 0, unanswered: 0, refused: 0 };

const stored: Books = {
  notInErp: () => [STORED],
  since: () => [STORED],
  beyond: () => [STORED],
  stoodStill: (_, place) => place === DC,
  oldestMark: 7,
  oldestMs: 900,
};
const nobodyKnows: Books = { ...stored, notInErp: () => null, since: () => null };

/** Units that this very turn committed at the first place, at that time. */
const committedAt = (atMs: number): Entry => ({
  sequence: 5,
  atMs,
  correlationId: null,
  event: {
    type: 'committed',
    reservation: reservationId('a'),
    orderRef: 'ORDER',
    lines: [{ line: 1, quantity: 2, placed: [{ location: DC.location, quantity: 2 }] }],
  },
});
const COMMITTED: PostingLine = { ...DC, onHand: 0, committed: 2 };

describe('[R34] the books of a turn', () => {
  test('hold what the turn itself has added beside what is stored, at its own place', () => {
    const books = booksOfTurn(stored, [committedAt(1_000)]);
    expect(books.notInErp(DC, 7)).toEqual([STORED, COMMITTED]);
    expect(books.notInErp(STORE, 7)).toEqual([STORED]);
  });

  test('know nothing where nothing is known of what is stored', () => {
    const books = booksOfTurn(nobodyKnows, [committedAt(1_000)]);
    expect([books.notInErp(DC, 7), books.since(DC, 0, 'front')]).toEqual([null, null]);
  });

  test.each([
    [999, [STORED, COMMITTED]],
    [1_000, [STORED]],
    [1_001, [STORED]],
  ])('at %i ms hold what the turn added later, where the number is of our kind', (asOfMs, lines) => {
    expect(booksOfTurn(stored, [committedAt(1_000)]).since(DC, asOfMs, 'front')).toEqual(lines);
  });

  test('hold all that the turn added, where the number is the ERP’s: it cannot have heard of any', () => {
    expect(booksOfTurn(stored, [committedAt(1_000)]).since(DC, 1_001, 'erp')).toEqual([STORED, COMMITTED]);
  });

  test('hold nothing more of what is no posting of ours', () => {
    const expired: Entry = {
      ...committedAt(1_000),
      event: { type: 'expired', reservations: [{ reservation: reservationId('a'), atMs: 1_000 }] },
    };
    expect(booksOfTurn(stored, [expired]).notInErp(DC, 7)).toEqual([STORED]);
  });

  test('say of sources, and of how far back they reach, what is stored', () => {
    const books = booksOfTurn(stored, [committedAt(1_000)]);
    expect([books.beyond(WMS, DC, 0), books.oldestMark, books.oldestMs]).toEqual([[STORED], 7, 900]);
    expect([books.stoodStill(WMS, DC, STANDING), books.stoodStill(WMS, STORE, STANDING)]).toEqual([true, false]);
  });
});
