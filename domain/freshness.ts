import { copiesAt, perSecondAt, type Demand } from './demand.ts';
import type { Network } from './network.ts';
import { offeredFrom, offers, type Terms } from './offer.ts';

/** A number is shown for no longer than it takes demand to ask for a tenth of it. */
const FRESH_SHARE = 0.1;
/** Below this, who shows a number would ask for it more often than a reader can tell; nobody decides by what is shown. */
const FRESH_FOR_MS_MIN = 50;
/** Where a rush may begin at any moment, or nobody knows yet what is asked, a number is shown no longer than this; nor asked for more often. */
export const FRESH_FOR_MS_WARY = 1_000;
/** Copies from which on many may begin to ask at once: about as many as data centres in one part of the world. */
const COPIES_OF_INTEREST = 20;
/** Questions for the number that an object takes per second while it sells: a quarter of its soft limit. */
const RENEWED_PER_SECOND = 250;
/** And while it has nothing left, so that who wants to give a unit back, or to pay for one, is heard. */
const RENEWED_PER_SECOND_SOLD_OUT = 100;

/**
 * How long readers may show what is true now: short where units are scarce against what is asked of them, long where they
 * are plentiful and few look. What time brings by itself is for the caller to heed (R39).
 */
export function freshForMs(terms: Terms, network: Network, demand: Demand, nowMs: number, maxMs: number): number {
  // Nobody promises for longer than they have looked.
  const longestMs = Math.min(maxMs, Math.max(FRESH_FOR_MS_WARY, nowMs - demand.sinceMs));
  const waryMs = Math.min(longestMs, FRESH_FOR_MS_WARY);
  const copies = copiesAt(demand, nowMs);
  const all = perSecondAt(demand.all, nowMs);
  // Too little for a tenth of a single unit: nobody need work out how many there are of it for whom.
  if (copies <= COPIES_OF_INTEREST && untilGoneMs(1, all) >= longestMs) return longestMs;
  const goneMs = shareGoneMs(terms, network, demand, nowMs);
  // Of nothing, nothing can be sold: a crowd may be told so for long, and few may look for a unit that comes back.
  if (goneMs === null) {
    const missedMs = untilGoneMs(1, all);
    return between(waryMs, Math.max(missedMs, renewalMs(copies, RENEWED_PER_SECOND_SOLD_OUT)), longestMs);
  }
  const shortestMs = between(FRESH_FOR_MS_MIN, renewalMs(copies, RENEWED_PER_SECOND), waryMs);
  return between(shortestMs, goneMs, copies > COPIES_OF_INTEREST ? waryMs : longestMs);
}

/** As long as it takes so many copies to be renewed at this pace. */
function renewalMs(copies: number, perSecond: number): number {
  return (copies * 1_000) / perSecond;
}

/** The greater bound counts: a deployment may allow less than anything here. */
function between(leastMs: number, ms: number, mostMs: number): number {
  return Math.floor(Math.min(mostMs, Math.max(leastMs, ms)));
}

/** When the first of all numbers has lost its share, if it goes on like this; null: nothing is left of any. */
function shareGoneMs(terms: Terms, network: Network, demand: Demand, nowMs: number): number | null {
  const all = perSecondAt(demand.all, nowMs);
  const offerTo = offers(terms, network);
  const goneMs = network.channels.flatMap(({ id }) => {
    const offered = offerTo(id);
    if (offered.availableToSell === 0) return [];
    // Under a cap of its own only the channel's own sales lower its number.
    const isCapped = offered.cap !== null && offered.availableToSell === offered.cap - offered.consumed;
    const byWhom = isCapped ? perSecondAt(demand.of.get(id), nowMs) : all;
    const places = offered.places.map((place) =>
      untilGoneMs(offeredFrom(offered, place), perSecondAt(demand.at.get(place.location), nowMs)),
    );
    return [untilGoneMs(offered.availableToSell, byWhom), ...places];
  });
  return goneMs.length === 0 ? null : Math.min(...goneMs);
}

/** Nothing cannot become less. */
function untilGoneMs(left: number, perSecond: number): number {
  return left === 0 || perSecond === 0 ? Infinity : (FRESH_SHARE * left * 1_000) / perSecond;
}
