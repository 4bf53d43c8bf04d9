import { CartRun } from './cart-run.ts';
import { CALM, type Faults } from './unsafe-network.ts';

const BUYERS = 5;

export const WEATHERS: readonly (readonly [string, Faults])[] = [
  ['calm', CALM],
  ['a network that loses and delays', { requestLost: 12, requestLate: 12, replyLost: 8, crash: 0, silence: 0 }],
  ['coordinators that die', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 25, silence: 0 }],
  ['objects that fall silent', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 0, silence: 60 }],
  ['all of it at once', { requestLost: 15, requestLate: 10, replyLost: 10, crash: 60, silence: 100 }],
];

/** What the runs must have met, or they tested less than they seem to. */
export const RARE = [
  'reserve: insufficient_stock',
  'reserve: key_in_progress',
  'reserve: unknown',
  'reserve: died',
  'resize: accepted',
  'resize: insufficient_stock',
  'extend: reservation_expired',
  'pin: insufficient_stock',
  'pin: unknown',
  'commit: accepted',
  'commit: reservation_expired',
  'commit: reservation_released',
  'commit: exceeds_reservation',
  'commit: seen decided',
  'fulfill: accepted',
  'cancel: accepted',
  'aborted',
  'attempts',
  'units to give back',
  'undo extend',
  'undo hand_over',
  'hand_over: accepted',
  'hand_over: buyer_cap_exceeded',
  'adopt: accepted',
  'adopt: replayed',
  'adopt: unknown',
  'adopt: died',
  'told and booked',
];

/** Enough for all that is rare, over every weather. */
export const ENOUGH_SEEDS = 40;

export interface Seeds {
  readonly seeds: number;
  readonly events: number;
  readonly met: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly failure: { readonly what: string; readonly seed: number } | null;
}

/** The runs of so many seeds in one weather; the first that fails is the last. */
export async function tryCarts(faults: Faults, first: number, seeds: number): Promise<Seeds> {
  const met = new Map<string, number>();
  const happened = new Map<string, number>();
  let events = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const run = new CartRun(seed, faults);
    const failure = await run.run(BUYERS).then(
      () => null,
      (error: unknown) => ({ what: error instanceof Error ? (error.stack ?? error.message) : String(error), seed }),
    );
    events += run.events;
    for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
    for (const [what, times] of run.faults) happened.set(what, (happened.get(what) ?? 0) + times);
    if (failure !== null) return { seeds: seed - first + 1, events, met, faults: happened, failure };
  }
  return { seeds, events, met, faults: happened, failure: null };
}
