import { describe, expect, test } from 'vitest';
import { RATE_WINDOWS_MAX } from '../../contracts/limits.ts';
import { RateLimits, type Quota } from './rate-limits.ts';

const perKey = (key: string, requests = 3, windowSeconds = 10): Quota => ({
  policy: 'key',
  partition: `key ${key}`,
  limit: { requests, windowSeconds },
});
const shared: Quota = { policy: 'class', partition: 'class 200', limit: { requests: 4, windowSeconds: 60 } };

/** Which of the requests, at these milliseconds, were let in. */
function letIn(limits: RateLimits, quotas: readonly Quota[], moments: readonly number[]): readonly boolean[] {
  return moments.map((nowMs) => limits.take(quotas, nowMs).refused === null);
}

describe('[R46] a rate limit', () => {
  test('lets in so many requests in a window that begins with the first, and then again', () => {
    const moments = [5_000, 5_000, 9_000, 9_001, 14_999, 15_000, 15_000, 15_000, 15_000];
    expect(letIn(new RateLimits(), [perKey('a')], moments)).toEqual([true, true, true, false, false, true, true, true, false]);
  });

  test('begins anew with the next request, not where the last window ended', () => {
    const limits = new RateLimits();
    limits.take([perKey('a')], 0);
    expect(limits.take([perKey('a')], 13_000).limits).toBe('"key";r=2;t=10');
  });

  test('begins anew where the clock was set back, or a caller would wait until it is there again', () => {
    expect(letIn(new RateLimits(), [perKey('a', 1)], [90_000, 90_001, 20_000, 20_001])).toEqual([true, false, true, false]);
  });

  test('says what is left and for how long, in whole seconds that are never too early', () => {
    const limits = new RateLimits();
    const said = [0, 1, 9_999].map((nowMs) => limits.take([perKey('a')], nowMs));
    expect(said.map((one) => one.policies)).toEqual(['"key";q=3;w=10', '"key";q=3;w=10', '"key";q=3;w=10']);
    expect(said.map((one) => one.limits)).toEqual(['"key";r=2;t=10', '"key";r=1;t=10', '"key";r=0;t=1']);
    expect(limits.take([perKey('a')], 9_999)).toMatchObject({
      limits: '"key";r=0;t=1',
      refused: { quota: { policy: 'key' }, retryAfterSeconds: 1 },
    });
  });

  test('of one key takes nothing from another', () => {
    const limits = new RateLimits();
    expect(letIn(limits, [perKey('a', 1)], [0, 1])).toEqual([true, false]);
    expect(letIn(limits, [perKey('b', 1)], [2])).toEqual([true]);
  });

  test('that is shared is used up by all, and a request that it refuses takes nothing from the own one', () => {
    const limits = new RateLimits();
    expect(letIn(limits, [perKey('a'), shared], [0, 0])).toEqual([true, true]);
    expect(letIn(limits, [perKey('b'), shared], [0, 0, 0])).toEqual([true, true, false]);
    const refused = limits.take([perKey('a'), shared], 1_000);
    expect(refused).toMatchObject({
      policies: '"key";q=3;w=10, "class";q=4;w=60',
      limits: '"key";r=1;t=9, "class";r=0;t=59',
      refused: { quota: { policy: 'class' }, retryAfterSeconds: 59 },
    });
  });

  test('refuses until the last of the limits that are used up has a new window', () => {
    const limits = new RateLimits();
    const both = [perKey('a', 1, 10), { ...shared, limit: { requests: 1, windowSeconds: 30 } }];
    limits.take(both, 0);
    expect(limits.take(both, 0).refused).toMatchObject({ quota: { policy: 'key' }, retryAfterSeconds: 30 });
  });

  test('that was lowered in the middle of a window leaves nothing, not less', () => {
    const limits = new RateLimits();
    letIn(limits, [perKey('a', 5)], [0, 0, 0]);
    expect(limits.take([perKey('a', 2)], 1)).toMatchObject({ limits: '"key";r=0;t=10', refused: {} });
  });

  test('costs bounded memory: beyond that the window that began first is forgotten, which only lets more in', () => {
    const limits = new RateLimits();
    for (let n = 0; n < RATE_WINDOWS_MAX; n += 1) limits.take([perKey(`${n}`, 1)], 0);
    expect(letIn(limits, [perKey('0', 1)], [1])).toEqual([false]);
    limits.take([perKey('one more', 1)], 1);
    expect(letIn(limits, [perKey('1', 1)], [1])).toEqual([false]);
    expect(letIn(limits, [perKey('0', 1)], [1])).toEqual([true]);
  });
});
