import { describe, expect, test } from 'vitest';
import { isNews, LANE_OPEN_AFTER_MS, lookedAt, newWatch, type Sight, type Watch } from './trouble.ts';

const MINUTE_MS = 60_000;
const fine = (minute: number): Sight => ({ feedReadAtMs: minute * MINUTE_MS, laneClosed: true });

/** One look a minute, from the first minute on. */
function watching(...sights: readonly Sight[]): readonly Watch[] {
  const watches: Watch[] = [newWatch(0)];
  for (const [index, sight] of sights.entries())
    watches.push(lookedAt(watches[index] ?? newWatch(0), sight, (index + 1) * MINUTE_MS));
  return watches.slice(1);
}

const since = (watches: readonly Watch[], of: 'feedSinceMs' | 'laneSinceMs'): readonly (number | null)[] =>
  watches.map((watch) => watch[of] && watch[of] / MINUTE_MS);

describe('[R52] trouble between us and the ERP', () => {
  test('is none while the feed is read to its end and the lane is closed', () => {
    const watches = watching(fine(1), fine(2), fine(3));
    expect([since(watches, 'feedSinceMs'), since(watches, 'laneSinceMs')]).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  test('begins when the feed was not read to its end for three minutes, and dates from when it was', () => {
    const late = fine(1);
    expect(since(watching(fine(1), late, late, late, late), 'feedSinceMs')).toEqual([null, null, null, 1, 1]);
  });

  test('begins with a feed that was never read at all', () => {
    const never: Sight = { feedReadAtMs: null, laneClosed: true };
    expect(since(watching(never, never, never), 'feedSinceMs')).toEqual([null, null, 0]);
  });

  test('ends when the feed was on time twice in a row', () => {
    const late = fine(0);
    expect(since(watching(late, late, late, fine(4), fine(5), fine(6)), 'feedSinceMs')).toEqual([null, null, 0, 0, null, null]);
    expect(since(watching(late, late, late, fine(4), fine(0), fine(6), fine(7)), 'feedSinceMs')).toEqual([
      null,
      null,
      0,
      0,
      0,
      0,
      null,
    ]);
  });

  test('begins when the lane is met open twice, and ends when it is met closed twice', () => {
    const open = (minute: number): Sight => ({ feedReadAtMs: minute * MINUTE_MS, laneClosed: false });
    const watches = watching(fine(1), open(2), fine(3), open(4), open(5), fine(6), open(7), fine(8), fine(9));
    expect(since(watches, 'laneSinceMs')).toEqual([null, null, null, null, 4, 4, 4, 4, null]);
  });

  test('is on a lane that is met open for so long, to the millisecond', () => {
    const open = (watch: Watch, atMs: number): Watch => lookedAt(watch, { feedReadAtMs: atMs, laneClosed: false }, atMs);
    const met = open(newWatch(0), 1_000);
    expect(open(met, 1_000 + LANE_OPEN_AFTER_MS - 1).laneSinceMs).toBeNull();
    expect(open(met, 1_000 + LANE_OPEN_AFTER_MS).laneSinceMs).toBe(1_000);
  });

  test('is news where it begins or ends, on the feed or on the lane', () => {
    const [none, feed, lane] = [
      { feedSinceMs: null, laneSinceMs: null },
      { feedSinceMs: 1, laneSinceMs: null },
      { feedSinceMs: null, laneSinceMs: 1 },
    ];
    expect([isNews(none, feed), isNews(feed, none), isNews(none, lane), isNews(lane, none)]).toEqual([true, true, true, true]);
    expect([isNews(none, { ...none }), isNews(lane, { ...lane })]).toEqual([false, false]);
  });

  test('is told only when it begins and when it ends, however often somebody looks', () => {
    const late = fine(0);
    const watches = [
      newWatch(0),
      ...watching(...Array.from({ length: 20 }, () => late), ...Array.from({ length: 20 }, (_, n) => fine(n + 21))),
    ];
    expect(watches.filter((watch, index) => index > 0 && isNews(watches[index - 1] ?? watch, watch)).length).toBe(2);
  });
});
