import { afterEach, beforeEach, vi } from 'vitest';

/** Each test of the file begins at this noon, and `Date` in the objects stands still until `pass`. */
export function useOwnClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21, 12) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}
