import { expect, test } from 'vitest';
import { batchAfter } from './batch.ts';
import { CALL_MS_FAST } from './limits.ts';

const fast = (postings: number) => ({ postings, ms: CALL_MS_FAST - 1, timedOut: false });
const slow = (postings: number) => ({ postings, ms: CALL_MS_FAST, timedOut: false });
const givenUp = (postings: number) => ({ postings, ms: 15_000, timedOut: true });

test('[R33] a call that was given up is followed by smaller ones, half of what it carried, down to one posting', () => {
  expect(batchAfter(500, 500, givenUp(500))).toBe(250);
  expect(batchAfter(500, 500, givenUp(40))).toBe(20);
  expect(batchAfter(20, 500, givenUp(500))).toBe(20);
  expect(batchAfter(1, 500, givenUp(1))).toBe(1);
});

test('[R33] full calls that are answered fast are followed by larger ones, up to what the ERP takes', () => {
  expect(batchAfter(250, 500, fast(250))).toBe(500);
  expect(batchAfter(500, 500, fast(500))).toBe(500);
  expect(batchAfter(300, 500, fast(300))).toBe(500);
});

test('[R33] calls that are slow, or fast because they carry little, change nothing', () => {
  expect(batchAfter(250, 500, slow(250))).toBe(250);
  expect(batchAfter(250, 500, fast(249))).toBe(250);
});
