/** What an ERP may be asked to bear, by whoever connects it. */
export interface LaneSettings {
  /** null: as many as the window lets through. */
  readonly callsPerSecond: number | null;
  /** Calls that may go at once after a quiet time. */
  readonly burst: number;
  /** 1: whoever has the lane is alone with the ERP, also after a restart of the lane. */
  readonly callsAtOnceMax: number;
  /** Answers in a row after which one more call at a time is tried. */
  readonly growAfter: number;
  /** Calls in a row without an answer after which the lane opens. */
  readonly openAfter: number;
  /** Longer than any call; a place whose caller died is free after this. */
  readonly leaseMs: number;
}

/** The way to one ERP: who is on it, how many it bears now, and until when nobody may go (R33). */
export interface Lane {
  readonly breaker: Breaker;
  /** The ERP asked us to stay away until then. */
  readonly throttledUntilMs: number;
  /** How often the lane opened since it exists. */
  readonly openedTotal: number;
  /** How many may be on it at a time just now: halved by a failure, one more after `growAfter` answers. */
  readonly window: number;
  readonly answersInRow: number;
  readonly leases: readonly Lease[];
  readonly bucket: { readonly tokens: number; readonly asOfMs: number };
  /** Up to when turns were given to those who were turned away. */
  readonly turnsGivenUntilMs: number;
}

/** In the words of electricians: closed lets calls through, open does not, half-open lets one through to see. */
export type Breaker =
  | { readonly state: 'closed'; readonly failuresInRow: number }
  | { readonly state: 'open'; readonly untilMs: number; readonly times: number }
  | { readonly state: 'half_open'; readonly untilMs: number; readonly times: number; readonly probe: string };

export interface Lease {
  readonly id: string;
  readonly untilMs: number;
}

export function newLane(settings: LaneSettings, nowMs: number): Lane {
  return {
    breaker: { state: 'closed', failuresInRow: 0 },
    throttledUntilMs: 0,
    openedTotal: 0,
    window: settings.callsAtOnceMax,
    answersInRow: 0,
    leases: [],
    bucket: { tokens: settings.burst, asOfMs: nowMs },
    turnsGivenUntilMs: 0,
  };
}
