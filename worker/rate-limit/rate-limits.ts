import { RATE_WINDOWS_MAX } from '../../contracts/limits.ts';
import { remaining, secondsLeft, windowAt, type RateLimit, type Window } from './window.ts';

/** A limit that a request falls under, and who shares it. */
export interface Quota {
  readonly policy: 'key' | 'class';
  /** Requests with the same text draw on the same window. */
  readonly partition: string;
  readonly limit: RateLimit;
}

/** How a request stands with its limits, in the words of draft-ietf-httpapi-ratelimit-headers-11. */
export interface Standing {
  /** RateLimit-Policy and RateLimit; empty where nothing limits the request. */
  readonly policies: string;
  readonly limits: string;
  /** null: it may pass, and was counted. */
  readonly refused: { readonly quota: Quota; readonly retryAfterSeconds: number } | null;
}

/**
 * Counts the requests of this isolate: an exact count for the whole deployment would cost every request a call of an object
 * that holds the count. A request takes one from each of its limits, or nothing from any of them.
 */
export class RateLimits {
  /** In the order in which they began. */
  readonly #windows = new Map<string, Window>();

  take(quotas: readonly Quota[], nowMs: number): Standing {
    const seen = quotas.map((quota) => ({ quota, window: this.#window(quota, nowMs) }));
    const exhausted = seen.filter(({ quota, window }) => remaining(quota.limit, window) === 0);
    if (exhausted.length === 0) for (const { window } of seen) window.used += 1;
    const [first] = exhausted;
    return {
      policies: seen.map(({ quota: { policy, limit } }) => `"${policy}";q=${limit.requests};w=${limit.windowSeconds}`).join(', '),
      limits: seen
        .map(({ quota, window }) => `"${quota.policy}";r=${remaining(quota.limit, window)};t=${secondsLeft(window, nowMs)}`)
        .join(', '),
      refused:
        first === undefined
          ? null
          : {
              quota: first.quota,
              retryAfterSeconds: Math.max(...exhausted.map(({ window }) => secondsLeft(window, nowMs))),
            },
    };
  }

  #window({ partition, limit }: Quota, nowMs: number): Window {
    const last = this.#windows.get(partition);
    const window = windowAt(limit, last, nowMs);
    if (window === last) return window;
    this.#windows.delete(partition);
    this.#windows.set(partition, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > RATE_WINDOWS_MAX && oldest !== undefined) this.#windows.delete(oldest);
    return window;
  }
}
