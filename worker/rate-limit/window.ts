/** So many requests in so many seconds. */
export interface RateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
}

/** Requests that were let in since a first one. */
export interface Window {
  readonly beganAtMs: number;
  readonly endsAtMs: number;
  used: number;
}

/**
 * The window that a request falls into: a new one begins with the first request after the last has ended, or before it began, where the
 * clock was set back; a caller who used it up would wait for the clock to come back there.
 */
export function windowAt(limit: RateLimit, last: Window | undefined, nowMs: number): Window {
  if (last !== undefined && nowMs >= last.beganAtMs && nowMs < last.endsAtMs) return last;
  return { beganAtMs: nowMs, endsAtMs: nowMs + limit.windowSeconds * 1_000, used: 0 };
}

/** What may still be asked in a window. A limit that was lowered meanwhile leaves nothing. */
export function remaining(limit: RateLimit, { used }: Window): number {
  return Math.max(0, limit.requests - used);
}

/** Whole seconds until there is a new window; never 0, because whoever comes back at once would come too early. */
export function secondsLeft({ endsAtMs }: Window, nowMs: number): number {
  return Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000));
}
