import type { Level, SetOutcome } from '../port.ts';

/** One item at one source, as the shop has it. */
export interface SourceItem {
  readonly sku: string;
  readonly source_code: string;
  readonly quantity: number;
  /** 1: in stock. Without it an item that was sold out would stay so, whatever its quantity. */
  readonly status: 0 | 1;
}

export function sourceItemsOf({ listing, places }: Level): readonly SourceItem[] {
  return places.map(({ place, quantity }) => ({
    sku: listing,
    source_code: place,
    quantity,
    status: quantity > 0 ? 1 : 0,
  }));
}

/** Why nothing can be sent of a level, or null. */
function unsendable({ listing, places }: Level): SetOutcome | null {
  if (places.length === 0)
    return { outcome: 'refused', code: 'no_source', detail: 'None of the item’s places is a source of the shop.' };
  if (listing === '' || listing.trim() !== listing || !listing.isWellFormed())
    return { outcome: 'refused', code: 'unusable_listing', detail: `No product can be called ${JSON.stringify(listing)}.` };
  return null;
}

/** It goes with the next call. */
export const LATER: SetOutcome = { outcome: 'throttled', retryAfterMs: 0 };

/** The levels that go into one call, and the outcome of each that does not; the first always goes, however large it is. */
export function withinCall(levels: readonly Level[], itemsMax: number): [readonly number[], (SetOutcome | null)[]] {
  const sent: number[] = [];
  let items = 0;
  const outcomes = levels.map((level, index) => {
    const hindered = unsendable(level);
    if (hindered !== null) return hindered;
    if (items > 0 && items + level.places.length > itemsMax) return LATER;
    items += level.places.length;
    sent.push(index);
    return null;
  });
  return [sent, outcomes];
}
