import { newLane, type Breaker, type Lane, type LaneSettings, type Lease } from './lane.ts';

/**
 * What a restart must not forget: that the ERP wants to be left alone, and who is alone with it. The rest is learnt anew.
 * A bucket that is full again lets one burst too many through; a window that is wide again is halved by the first failures;
 * a lost place lets as many more calls go as were under way; lost turns let some who wait come at the same time.
 */
export interface KeptLane {
  readonly breaker: Exclude<Breaker, { readonly state: 'half_open' }>;
  readonly throttledUntilMs: number;
  readonly openedTotal: number;
  readonly leases: readonly Lease[];
}

/** Failures before the lane opens are counted anew after a restart, so a call that goes well, or badly, changes nothing here. */
export function keptOf({ breaker, throttledUntilMs, openedTotal, leases }: Lane, { callsAtOnceMax }: LaneSettings): KeptLane {
  return { breaker: keptBreaker(breaker), throttledUntilMs, openedTotal, leases: callsAtOnceMax === 1 ? leases : [] };
}

/** A probe is forgotten: after a restart another one goes, and finds out the same. */
function keptBreaker(breaker: Breaker): KeptLane['breaker'] {
  switch (breaker.state) {
    case 'closed':
      return { state: 'closed', failuresInRow: 0 };
    case 'open':
      return breaker;
    case 'half_open':
      return { state: 'open', untilMs: breaker.untilMs, times: breaker.times };
  }
}

export function laneFrom(kept: KeptLane | null, settings: LaneSettings, nowMs: number): Lane {
  return { ...newLane(settings, nowMs), ...kept };
}
