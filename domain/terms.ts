import type { Evidence } from './confidence.ts';
import type { LocationId } from './ids.ts';
import { netOf, type PlaceTerms, type Terms } from './offer.ts';
import { quotasNow } from './quotas.ts';
import { DEFAULT_POLICY, type ItemPolicy, type Stock } from './stock.ts';

/** What the terms depend on beside the stock itself. */
export interface Moment {
  readonly nowMs: number;
  /** Since when the oldest posting waits that the ERP has not confirmed. */
  readonly waitingSinceMs: number | null;
}

/** What R27 reads of a stock at a moment, under its policy or under one that somebody asks about. */
export function termsOf(stock: Stock, moment: Moment, policy: ItemPolicy = stock.item?.policy ?? DEFAULT_POLICY): Terms {
  return {
    places: placesOf(stock, policy),
    backordered: stock.backordered,
    backorderLimit: policy.backorderLimit,
    lowStockAt: policy.lowStockAt,
    buffers: policy.buffers,
    quotas: quotasNow(stock, policy, moment.nowMs),
    stopSell: policy.stopSell,
    evidence: evidenceOf(stock, moment),
  };
}

export function evidenceOf({ countedAtMs }: Stock, { nowMs, waitingSinceMs }: Moment): Evidence {
  return { asOfMs: nowMs, countedAtMs, waitingSinceMs };
}

function placesOf(stock: Stock, policy: ItemPolicy): readonly PlaceTerms[] {
  return [...locationsOf(stock)].map((location) => placeTermsOf(stock, location, policy));
}

/** The terms of one location, also of one that nothing is known of. */
export function placeTermsOf(
  stock: Stock,
  location: LocationId,
  { safetyStock: safety }: ItemPolicy = stock.item?.policy ?? DEFAULT_POLICY,
): PlaceTerms {
  return {
    location,
    sellable: stock.balances.get(`sellable ${location}`)?.onHand ?? 0,
    reserved: stock.reserved.get(location) ?? 0,
    committed: stock.committed.get(location) ?? 0,
    safetyStock: safety.find((one) => one.location === location)?.quantity ?? 0,
  };
}

function locationsOf(stock: Stock): ReadonlySet<LocationId> {
  const locations = new Set<LocationId>();
  for (const { location, status } of stock.balances.values()) if (status === 'sellable') locations.add(location);
  for (const location of stock.reserved.keys()) locations.add(location);
  for (const location of stock.committed.keys()) locations.add(location);
  return locations;
}

/** Units promised at a place beyond what is there, where there are any (R28). */
export function debtsOf(stock: Stock): ReadonlyMap<LocationId, number> {
  // What a planner keeps back is owed to nobody, so the item's policy does not matter.
  const places = placesOf(stock, DEFAULT_POLICY);
  return new Map(places.filter((place) => netOf(place) < 0).map((place) => [place.location, -netOf(place)]));
}

/** The debts, and what waits beyond the limit (R28). */
export function shortageNow(stock: Stock): number {
  const debt = [...debtsOf(stock).values()].reduce((total, units) => total + units, 0);
  return debt + Math.max(0, stock.backordered - (stock.item?.policy.backorderLimit ?? 0));
}
