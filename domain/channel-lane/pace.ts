import type { LaneSettings } from '../lane/lane.ts';
import { CALLS_AT_ONCE_MAX, GROW_AFTER, LEASE_MS, OPEN_AFTER, SHARE_OF_RATE } from './limits.ts';

export interface Rate {
  readonly callsPerSecond: number;
  readonly burst: number;
}

/** How fast a way is used: a little slower than the vendor allows, and no faster than the outlet says. */
export function paceOf(allowed: Rate, slower: Partial<Rate> | null): LaneSettings {
  return {
    callsPerSecond: Math.min(allowed.callsPerSecond * SHARE_OF_RATE, slower?.callsPerSecond ?? Infinity),
    burst: Math.max(1, Math.min(Math.floor(allowed.burst * SHARE_OF_RATE), slower?.burst ?? Infinity)),
    callsAtOnceMax: CALLS_AT_ONCE_MAX,
    growAfter: GROW_AFTER,
    openAfter: OPEN_AFTER,
    leaseMs: LEASE_MS,
  };
}
