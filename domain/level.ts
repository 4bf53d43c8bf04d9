import type { OfferedWhole } from './kit.ts';
import type { LocationId } from './ids.ts';

/** What a channel is to show of an item: one number, and its part at each place. */
export interface ItemLevel {
  readonly quantity: number;
  /** In the order in which places are asked; together never more than `quantity`. */
  readonly places: readonly { readonly location: LocationId; readonly quantity: number }[];
}

/** Places may each offer more than all of them may promise together, so the first are served first. */
export function levelOf(offered: OfferedWhole): ItemLevel {
  let left = offered.availableToSell;
  const places = offered.places.map(({ location, availableToSell }) => {
    const quantity = Math.min(availableToSell, left);
    left -= quantity;
    return { location, quantity };
  });
  return { quantity: offered.availableToSell, places };
}
