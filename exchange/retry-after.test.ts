import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW_MS = Date.parse('2026-11-20T08:00:00Z');

test.each([
  ['seconds', '7', 7_000],
  ['an HTTP date', 'Fri, 20 Nov 2026 08:02:00 GMT', 120_000],
  ['a date that has passed', 'Fri, 20 Nov 2026 07:00:00 GMT', 0],
  ['more than an hour', '86400', 3_600_000],
  ['nothing', null, 1_000],
  ['nonsense', 'soon', 1_000],
])('[R33] Retry-After with %s', (_, header, expectedMs) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(expectedMs);
});
