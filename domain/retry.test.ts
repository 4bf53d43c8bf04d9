import { describe, expect, test } from 'vitest';
import { nextAttemptMs, RETRY_AFTER_MAX_MS, RETRY_BASE_MS, RETRY_WAIT_MAX_MS, RETRY_WAIT_MIN_MS } from './retry.ts';

const NOW_MS = 1_000_000;
const ALMOST_ONE = 1 - Number.EPSILON;

function waitMs(attempt: number, random: number, retryAfterMs: number | null = null): number {
  return nextAttemptMs({ attempt, nowMs: NOW_MS, random, retryAfterMs }) - NOW_MS;
}

describe('[R33] the next attempt', () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, RETRY_WAIT_MAX_MS],
    [8, RETRY_WAIT_MAX_MS],
  ])('after attempt %i is less than %i ms away', (attempt, ceilingMs) => {
    expect(waitMs(attempt, ALMOST_ONE)).toBeLessThan(ceilingMs);
    expect(waitMs(attempt, ALMOST_ONE)).toBeGreaterThanOrEqual(ceilingMs - 1);
  });

  test('is anywhere below that, since the jitter is full', () => {
    expect(waitMs(4, 0.5)).toBe(4_000);
    expect(waitMs(4, 0.25)).toBe(2_000);
  });

  test('is never now, whatever the dice say', () => {
    expect(waitMs(1, 0)).toBe(RETRY_WAIT_MIN_MS);
    expect(waitMs(50, 0)).toBe(RETRY_WAIT_MIN_MS);
  });

  test('stays within the cap after more attempts than a power of two can count', () => {
    expect(waitMs(5_000, ALMOST_ONE)).toBeLessThan(RETRY_WAIT_MAX_MS);
  });

  test('of an attempt that nobody counted is that of the first', () => {
    expect(waitMs(0, ALMOST_ONE)).toBe(waitMs(1, ALMOST_ONE));
    expect(waitMs(-3, 0.5)).toBe(waitMs(1, 0.5));
  });

  test('is a whole millisecond', () => {
    expect(Number.isInteger(waitMs(3, 0.123_456_789))).toBe(true);
  });
});

describe('[R33] a wish to stay away', () => {
  test('is honoured to the millisecond, however small the back-off is', () => {
    expect(waitMs(1, 0, 30_000)).toBe(30_000);
  });

  test('is spread a little, so that those who were sent away together do not come back together', () => {
    expect(waitMs(1, ALMOST_ONE, 30_000)).toBe(30_000 + RETRY_BASE_MS - 1);
  });

  test('does not shorten a longer back-off', () => {
    expect(waitMs(7, 0.9, 1_000)).toBe(54_000);
  });

  test('of no time at all is no reason to hurry', () => {
    expect(waitMs(1, 0, 0)).toBe(RETRY_WAIT_MIN_MS);
    expect(waitMs(1, 0, -5_000)).toBe(RETRY_WAIT_MIN_MS);
  });

  test('beyond all measure is taken for a mistake', () => {
    expect(waitMs(1, 0, Number.MAX_SAFE_INTEGER)).toBe(RETRY_AFTER_MAX_MS);
  });
});
