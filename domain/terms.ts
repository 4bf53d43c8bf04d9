import type { LocationId } from './ids.ts';
import type { PlaceTerms, Terms } from './offer.ts';
import { quotasNow } from './quotas.ts';
import { DEFAULT_POLICY, type ItemPolicy, type Stock } from './stock.ts';

/** What the terms depend on beside the stock itself. */
export interface Moment {
  readonly nowMs: number;
}

/** What R27 reads of a stock at a moment, under its policy or under one that somebody asks about. */
export function termsOf(stock: Stock, { nowMs }: Moment, policy: ItemPolicy = stock.item?.policy ?? DEFAULT_POLICY): Terms {
  return {
    places: placesOf(stock, policy),
    backordered: stock.backordered,
    backorderLimit: policy.backorderLimit,
    lowStockAt: policy.lowStockAt,
    buffers: policy.buffers,
    quotas: quotasNow(stock, policy, nowMs),
    stopSell: policy.stopSell,
  };
}

function placesOf(stock: Stock, { safetyStock: safety }: ItemPolicy): readonly PlaceTerms[] {
  const places: PlaceTerms[] = [];
  for (const location of locationsOf(stock)) {
    places.push({
      location,
      sellable: stock.balances.get(`sellable ${location}`)?.onHand ?? 0,
      reserved: stock.reserved.get(location) ?? 0,
      committed: stock.committed.get(location) ?? 0,
      safetyStock: safety.find((one) => one.location === location)?.quantity ?? 0,
    });
  }
  return places;
}

function locationsOf(stock: Stock): ReadonlySet<LocationId> {
  const locations = new Set<LocationId>();
  for (const { location, status } of stock.balances.values()) if (status === 'sellable') locations.add(location);
  for (const location of stock.reserved.keys()) locations.add(location);
  for (const location of stock.committed.keys()) locations.add(location);
  return locations;
}

/** Units promised beyond what is there, over all places (R28). */
export function shortageOf(terms: Pick<Terms, 'places' | 'backordered' | 'backorderLimit'>): number {
  const debt = terms.places.reduce(
    (total, { sellable, reserved, committed }) => total + Math.max(0, reserved + committed - sellable),
    0,
  );
  return debt + Math.max(0, terms.backordered - terms.backorderLimit);
}
