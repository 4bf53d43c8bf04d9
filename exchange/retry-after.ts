// Whoever says less than nothing is asked again after a second; none is left alone for longer than an hour.
const RETRY_AFTER_DEFAULT_MS = 1_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

/** How long to wait, from a Retry-After of seconds or an HTTP date. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  const asked = header === null ? Number.NaN : askedMs(header.trim(), nowMs);
  return Number.isNaN(asked) ? RETRY_AFTER_DEFAULT_MS : Math.min(Math.max(asked, 0), RETRY_AFTER_MAX_MS);
}

function askedMs(header: string, nowMs: number): number {
  return /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
}
