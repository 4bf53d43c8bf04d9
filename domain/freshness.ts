import { perSecondAt, type Demand } from './demand.ts';
import type { Network } from './network.ts';
import { offeredFrom, offers, type Terms } from './offer.ts';

/** A number is shown for no longer than it takes demand to ask for a tenth of it. */
export const FRESH_SHARE = 0.1;
/** Below this, who shows a number would ask for it more often than a reader can tell; nobody decides by what is shown. */
export const FRESH_FOR_MS_MIN = 50;
/** Questions for the number that an object takes per second before they are told to come less often: a quarter of its soft limit. */
export const COPIES_RENEWED_PER_SECOND = 250;
/** However many ask, a number that is asked for is shown no longer than this; nor where nobody knows yet what is asked. */
export const FRESH_FOR_MS_UNKNOWN = 1_000;

/**
 * How long readers may show what is true now: short where units are scarce against what is asked of them, long where they
 * are plentiful or where nothing is left to be asked for. What time brings by itself is for the caller to heed (R39).
 */
export function freshForMs(terms: Terms, network: Network, demand: Demand, nowMs: number, maxMs: number): number {
  // Nobody promises for longer than they have looked.
  const watchedMs = Math.max(FRESH_FOR_MS_UNKNOWN, nowMs - demand.sinceMs);
  const atMostMs = Math.min(maxMs, watchedMs);
  const atLeastMs = Math.min(FRESH_FOR_MS_UNKNOWN, Math.max(FRESH_FOR_MS_MIN, renewalMs(demand, nowMs)));
  return Math.floor(Math.min(atMostMs, Math.max(atLeastMs, shareGoneMs(terms, network, demand, nowMs, atMostMs))));
}

/** As long as it takes so many copies to be renewed at the pace that the object bears. */
function renewalMs({ copies }: Demand, nowMs: number): number {
  return (perSecondAt(copies, nowMs) * 1_000) / COPIES_RENEWED_PER_SECOND;
}

/** When the first of all numbers has lost its share, if it goes on like this. */
function shareGoneMs(terms: Terms, network: Network, demand: Demand, nowMs: number, atMostMs: number): number {
  const all = perSecondAt(demand.all, nowMs);
  // Too little for a tenth of a single unit: nobody need look where how much is left.
  if (all * atMostMs < FRESH_SHARE * 1_000) return atMostMs;

  const offerTo = offers(terms, network);
  const goneMs = network.channels.flatMap(({ id }) => {
    const offered = offerTo(id);
    // Under a cap of its own only the channel's own sales lower its number.
    const isCapped = offered.cap !== null && offered.availableToSell === offered.cap - offered.consumed;
    const byWhom = isCapped ? perSecondAt(demand.of.get(id), nowMs) : all;
    const places = offered.places.map((place) =>
      untilGone(offeredFrom(offered, place), perSecondAt(demand.at.get(place.location), nowMs)),
    );
    return [untilGone(offered.availableToSell, byWhom), ...places];
  });
  return Math.min(Infinity, ...goneMs);
}

/** Nothing cannot become less. */
function untilGone(left: number, perSecond: number): number {
  return left === 0 || perSecond === 0 ? Infinity : (FRESH_SHARE * left * 1_000) / perSecond;
}
