// A fault that lasts a moment costs a second at most.
export const RETRY_BASE_MS = 1_000;
// An ERP that is back is noticed within a minute, however long it was away.
export const RETRY_WAIT_MAX_MS = 60_000;
// Soonest: nobody is helped by a second call in the same breath.
export const RETRY_WAIT_MIN_MS = 100;
// A wish of the other side beyond this is taken for a mistake.
export const RETRY_AFTER_MAX_MS = 3_600_000;

export interface FailedAttempt {
  /** From 1: the attempt that just failed. */
  readonly attempt: number;
  readonly nowMs: number;
  /** In [0, 1), by whoever has dice. */
  readonly random: number;
  /** How long the other side asked us to stay away, or null. */
  readonly retryAfterMs: number | null;
  /** How long back-off alone may wait at most; a minute unless said. */
  readonly waitMaxMs?: number;
}

/**
 * When to try again: exponential back-off with full jitter (R33), so that many who failed together do not come back
 * together. What the other side asked for is a lower bound, and gets a jitter of its own for the same reason.
 */
export function nextAttemptMs({ attempt, nowMs, random, retryAfterMs, waitMaxMs = RETRY_WAIT_MAX_MS }: FailedAttempt): number {
  const ceilingMs = Math.min(waitMaxMs, RETRY_BASE_MS * 2 ** Math.max(0, attempt - 1));
  const backOffMs = Math.max(RETRY_WAIT_MIN_MS, Math.floor(random * ceilingMs));
  if (retryAfterMs === null) return nowMs + backOffMs;
  const askedMs = Math.min(Math.max(0, retryAfterMs), RETRY_AFTER_MAX_MS);
  return nowMs + Math.max(backOffMs, askedMs + Math.floor(random * RETRY_BASE_MS));
}
