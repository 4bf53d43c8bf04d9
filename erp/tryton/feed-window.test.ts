import { describe, expect, test } from 'vitest';
import { BEGINNING, cursorOf, movedOn, seenRuns, wasSeen, windowOf, type FeedWindow } from './feed-window.ts';
import { CURSOR_LENGTH_MAX, OVERLAP_MS, SEEN_BUCKET_MS } from './limits.ts';
import { packedIds, unpackedIds } from './ranges.ts';
import { instantOf, msOf } from './values.ts';

const EIGHT = Date.UTC(2026, 10, 20, 8);
const at = (id: number, afterMs: number) => ({ id, stamp: instantOf(EIGHT + afterMs) });

describe('[R34] the window of the feed', () => {
  test('a move that was stamped early and committed late is still new, one that was seen is not', () => {
    const window = movedOn(BEGINNING, [at(7, 0), at(9, 60_000)]);
    expect(idsIn(window)).toEqual([7, 9]);
    expect([at(7, 0), at(8, 1_000), at(9, 60_000)].map((move) => wasSeen(window, move))).toEqual([true, false, true]);
    expect(window.from !== null && window.from <= at(8, 1_000).stamp).toBe(true);
  });

  test('it moves on with the newest stamp, keeps at least the overlap, and forgets what lies before', () => {
    const early = movedOn(BEGINNING, [at(1, 0)]);
    const late = movedOn(early, [at(2, OVERLAP_MS + 2 * SEEN_BUCKET_MS)]);
    expect(idsIn(late)).toEqual([2]);
    const from = msOf(late.from ?? '');
    expect(from).toBeLessThanOrEqual(EIGHT + 2 * SEEN_BUCKET_MS);
    expect(from).toBeGreaterThan(EIGHT);
  });

  test('an old move that comes late does not move it back', () => {
    const window = movedOn(BEGINNING, [at(5, 600_000)]);
    expect(movedOn(window, [at(3, 550_000)])).toMatchObject({ from: window.from, until: window.until });
  });

  test('an id that Tryton gives to another move after a backup is new again', () => {
    const window = movedOn(BEGINNING, [at(5, 0)]);
    expect(wasSeen(window, at(5, 3_600_000))).toBe(false);
  });

  test('it survives as a cursor, and reads nothing as the beginning', () => {
    const window = movedOn(BEGINNING, [at(5, 0), at(6, 100), at(90, 31_000)]);
    expect(windowOf(cursorOf(window))).toEqual(window);
    expect(windowOf(null)).toEqual(BEGINNING);
    expect(windowOf(cursorOf(BEGINNING))).toEqual(BEGINNING);
  });

  test('a cursor stays short, also where nobody books ids in a row; then the window gets shorter, never blind', () => {
    const many = Array.from({ length: 60_000 }, (_, index) => at(1_000 + index * 3, index * 2));
    const cursor = cursorOf(movedOn(BEGINNING, many));
    expect(cursor.length).toBeLessThanOrEqual(CURSOR_LENGTH_MAX);
    const { from, seen } = windowOf(cursor);
    const kept = many.filter(({ stamp }) => stamp >= (from ?? ''));
    expect(kept.every(({ id }) => [...seen.values()].some((ids) => ids.has(id)))).toBe(true);
  });

  test.each([[[]], [[5]], [[5, 6, 7, 12]], [[1, 3, 5, 1_000_000, 1_000_001]]])('ids %j are packed and found again', (ids) => {
    expect(unpackedIds(packedIds(ids))).toEqual(ids);
  });
});

function idsIn(window: FeedWindow): readonly number[] {
  return seenRuns(window).flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}
