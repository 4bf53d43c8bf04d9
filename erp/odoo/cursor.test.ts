import { describe, expect, test } from 'vitest';
import { cursorOf, movedOn, textOf, unseen, type FeedCursor } from './cursor.ts';
import { ODOO_OVERLAP_SECONDS, ODOO_RANGES_MAX } from './limits.ts';

const AT = Date.UTC(2026, 10, 20, 8, 0);

describe('[R34] the feed of moves', () => {
  test('begins with the first move there is', () => {
    expect(unseen(cursorOf(null))).toEqual([]);
  });

  test('looks back for as long as a transaction may take, and leaves out what it has told', () => {
    const cursor = movedOn(cursorOf(null), moves([4, 5, 6, 9], AT));
    expect(unseen(cursor)).toEqual([
      ['write_date', '>=', '2026-11-20 07:55:00'],
      ['id', 'not in', [9]],
      '|',
      ['id', '<', 4],
      ['id', '>', 6],
    ]);
  });

  test('stays where it is while nothing happens, however often it is read', () => {
    const cursor = movedOn(cursorOf(null), moves([4], AT));
    expect(movedOn(cursor, [])).toBe(cursor);
    expect(cursorOf(textOf(cursor))).toEqual(cursor);
  });

  test('never goes back for a move that comes late', () => {
    const cursor = movedOn(cursorOf(null), moves([4], AT));
    expect(movedOn(cursor, moves([3], AT - 60_000)).from).toBe(cursor.from);
  });

  test('forgets what has left the window', () => {
    const later = movedOn(movedOn(cursorOf(null), moves([4], AT)), moves([8], AT + 2_000 * ODOO_OVERLAP_SECONDS));
    expect(rangesIn(later)).toBe(1);
  });

  test(`with more than ${ODOO_RANGES_MAX} gaps in the window it looks back less, and tells nothing again`, () => {
    let cursor = cursorOf(null);
    const ids = Array.from({ length: ODOO_RANGES_MAX + 200 }, (_, index) => 2 * index);
    ids.forEach((id, index) => (cursor = movedOn(cursor, moves([id], AT + index * 100))));
    expect(rangesIn(cursor)).toBeLessThanOrEqual(ODOO_RANGES_MAX);
    const [forgotten] = ids;
    expect(Date.parse(`${String((unseen(cursor)[0] as string[])[2]).replace(' ', 'T')}Z`)).toBeGreaterThan(
      AT + Number(forgotten),
    );
    expect(textOf(cursor).length).toBeLessThan(40_000);
  });

  test('a cursor of another ERP is nothing to guess from', () => {
    expect(() => cursorOf('17')).toThrow('cursor');
  });
});

function moves(ids: readonly number[], writtenAtMs: number) {
  return ids.map((id) => ({ id, writtenAtMs }));
}

function rangesIn({ buckets }: FeedCursor): number {
  return buckets.reduce((sum, { ranges }) => sum + ranges.length, 0);
}
