import type { Lane, LaneSettings } from './lane.ts';

export type Admission = { readonly lane: Lane } & (
  | { readonly admitted: true; readonly untilMs: number }
  /** `sooner`: it may be less, if somebody comes back. */
  | { readonly admitted: false; readonly waitMs: number; readonly sooner: boolean }
);

/** Lets a call onto the lane under this id, or says how long it has to wait at most. */
export function admit(before: Lane, settings: LaneSettings, id: string, nowMs: number): Admission {
  const lane = withoutExpired(refilled(before, settings, nowMs), nowMs);
  const { breaker } = lane;

  const closedUntilMs = Math.max(lane.throttledUntilMs, breaker.state === 'open' ? breaker.untilMs : 0);
  if (closedUntilMs > nowMs) return { lane, admitted: false, waitMs: closedUntilMs - nowMs, sooner: false };

  const probe = breaker.state === 'half_open' ? lane.leases.find((lease) => lease.id === breaker.probe) : undefined;
  if (probe !== undefined) return { lane, admitted: false, waitMs: probe.untilMs - nowMs, sooner: true };

  if (lane.leases.length >= windowOf(lane, settings)) {
    const firstFreeMs = Math.min(...lane.leases.map(({ untilMs }) => untilMs));
    return { lane, admitted: false, waitMs: firstFreeMs - nowMs, sooner: true };
  }
  const { callsPerSecond } = settings;
  const missing = 1 - lane.bucket.tokens;
  if (callsPerSecond !== null && missing > 0)
    return { lane, admitted: false, waitMs: Math.ceil((missing / callsPerSecond) * 1_000), sooner: false };

  const untilMs = nowMs + settings.leaseMs;
  return {
    lane: {
      ...lane,
      breaker: breaker.state === 'closed' ? breaker : { ...breaker, state: 'half_open', probe: id },
      leases: [...lane.leases, { id, untilMs }],
      bucket: { ...lane.bucket, tokens: Math.max(0, lane.bucket.tokens - 1) },
    },
    admitted: true,
    untilMs,
  };
}

/** A deployment may have lowered what the ERP bears since the window grew. */
export function windowOf(lane: Lane, settings: LaneSettings): number {
  return Math.min(lane.window, settings.callsAtOnceMax);
}

function refilled(lane: Lane, { callsPerSecond, burst }: LaneSettings, nowMs: number): Lane {
  const { tokens, asOfMs } = lane.bucket;
  // A clock that was set back gives nothing, and takes nothing.
  const gained = (Math.max(0, nowMs - asOfMs) * (callsPerSecond ?? 0)) / 1_000;
  return { ...lane, bucket: { tokens: Math.min(burst, tokens + gained), asOfMs: Math.max(asOfMs, nowMs) } };
}

/** Whoever died on the way gives the place back. */
function withoutExpired(lane: Lane, nowMs: number): Lane {
  return { ...lane, leases: lane.leases.filter(({ untilMs }) => untilMs > nowMs) };
}
