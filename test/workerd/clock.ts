import { afterEach, beforeEach, vi } from 'vitest';

/**
 * Each test of the file begins at this noon, and `Date` in the objects stands still until `pass`. The runtime's own clock goes
 * on: an alarm that is set for a time that has passed there is moved to its now, so this noon is one that nobody here will see.
 */
export function useOwnClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2126, 10, 21, 12) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}
