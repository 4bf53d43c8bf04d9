import { expect, test } from 'vitest';
import { answered, has, newFlush, sentAgain } from './flush.ts';
import { ACKNOWLEDGE_WAIT_MAX_MS, ACKNOWLEDGE_WAIT_MS } from './limits.ts';
import type { PostingOutcome } from './protocol.ts';

const posted = (sequence: number, mark: number | null = sequence): PostingOutcome => ({ sequence, outcome: 'posted', mark });
const refused = (sequence: number): PostingOutcome => ({ sequence, outcome: 'refused', detail: 'no such item' });
const unknown = (sequence: number, retryAfterMs: number | null = null): PostingOutcome => ({
  sequence,
  outcome: 'unknown',
  retryAfterMs,
});
const states = ({ fates }: ReturnType<typeof newFlush>): readonly string[] => fates.map(({ state }) => state);

test('[R32] each entry is answered by itself, and an answer that comes twice says nothing new', () => {
  const flush = newFlush([3, 5], 0);
  const half = answered(flush, [posted(5)], 10, 0);
  expect(states(half)).toEqual(['sent', 'posted']);
  expect(answered(half, [posted(5)], 20, 0)).toBe(half);
  expect(answered(half, [posted(99)], 20, 0)).toBe(half);
});

test('[R33] what was refused may turn out to have been posted, never the other way round', () => {
  const flush = answered(newFlush([1], 0), [refused(1)], 10, 0);
  expect(states(answered(flush, [posted(1)], 20, 0))).toEqual(['posted']);
  const done = answered(newFlush([1], 0), [posted(1)], 10, 0);
  expect(answered(done, [refused(1)], 20, 0)).toBe(done);
});

test('[R34] a mark that is heard of later is taken', () => {
  const done = answered(newFlush([1], 0), [posted(1, null)], 10, 0);
  expect(answered(done, [posted(1, 7)], 20, 0).fates).toMatchObject([{ mark: 7, answeredAtMs: 10 }]);
});

test('[R33] no answer is tried again when back-off or the other side says so', () => {
  const flush = newFlush([1, 2], 0);
  const later = answered(flush, [posted(1), unknown(2, 9_000)], 1_000, 0);
  expect(later.nextAtMs).toBe(10_000);
  expect(has(later, 'sent')).toBe(true);
});

test('[R33] silence is waited out longer each time, and an answer ends the silence', () => {
  let flush = newFlush([1], 0);
  expect(flush.nextAtMs).toBe(ACKNOWLEDGE_WAIT_MS);
  flush = sentAgain(flush, 0);
  expect(flush).toMatchObject({ attempt: 2, nextAtMs: 2 * ACKNOWLEDGE_WAIT_MS });
  for (let n = 0; n < 10; n += 1) flush = sentAgain(flush, 0);
  expect(flush.nextAtMs).toBe(ACKNOWLEDGE_WAIT_MAX_MS);
  const heard = sentAgain(answered(flush, [unknown(1)], 0, 0), 0);
  expect(heard.nextAtMs).toBe(ACKNOWLEDGE_WAIT_MS);
});

test('[R33] what found the ERP away comes back when it is asked to, however often that was before', () => {
  let flush = newFlush([1, 2], 0);
  for (let n = 0; n < 10; n += 1) flush = sentAgain(flush, 0);
  const away = (sequence: number): PostingOutcome => ({ sequence, outcome: 'unknown', retryAfterMs: 2_000, ofTheErp: true });
  expect(answered(flush, [away(1), away(2)], 1_000, 0.9).nextAtMs).toBe(1_000 + 2_900);
  expect(answered(flush, [away(1), unknown(2, 2_000)], 1_000, 0.9).nextAtMs).toBe(1_000 + 54_000);
});
