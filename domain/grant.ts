import type { ShortLine, Sourced } from './command.ts';
import type { Units } from './event.ts';
import type { LocationId } from './ids.ts';
import type { Offer } from './offer.ts';
import { fewestParcels, type Need } from './parcels.ts';
import { Purse, type Wish } from './purse.ts';
import { onePlaceFor } from './sourcing.ts';
import type { Split } from './stock.ts';

export interface Grant {
  /** One per wish, in the order of the lines; a wish may be granted in part or not at all. */
  readonly units: readonly Units[];
  /** Every line that got less than it asked for. */
  readonly short: readonly ShortLine[];
}

/**
 * Spreads what is offered over the lines, all taken from one purse (R15). Lines that name a location are served first
 * and only there; the others may come from anywhere, and beyond that be backordered.
 */
export function grant(offered: Offer, wishes: readonly Wish[], split: Split, sourced: Sourced = ANYWHERE): Grant {
  const purse = new Purse(offered);
  const places = offered.places.map(({ location }) => location);
  const bound =
    sourced.only !== null ? boundTo(sourced.only, wishes) : split === 'never' ? boundToOnePlace(offered, wishes, places) : wishes;
  const granted: Units[] = [];
  const sending = new Set<LocationId>();
  for (const wish of bound) {
    if (wish.at === null) continue;
    const units = purse.takeAt(wish, wish.at);
    if (units.quantity > 0) sending.add(wish.at);
    granted.push(units);
  }
  const free = bound.filter((wish) => wish.at === null);
  const need = purse.need(free.reduce((total, wish) => total + wish.quantity, 0));
  const order = takingOrder(need, places, sending, sourced.prefer);
  for (const wish of free) granted.push(purse.takeAnywhere(wish, order));
  return inOrder(wishes, granted);
}

/** What was granted of each wish, also where that is nothing. */
export function inOrder(wishes: readonly Wish[], granted: readonly Units[]): Grant {
  const byLine = new Map(granted.map((units) => [units.line, units]));
  const short = wishes.flatMap(({ line, quantity }) => {
    const available = byLine.get(line)?.quantity ?? 0;
    return available < quantity ? [{ line, requested: quantity, available }] : [];
  });
  return { units: wishes.map(({ line }) => byLine.get(line) ?? { line, quantity: 0, placed: [] }), short };
}

const ANYWHERE: Sourced = { prefer: [], only: null };

/** The place that has enough for all, the first by priority; else the one that has most. */
function boundToOnePlace(offered: Offer, wishes: readonly Wish[], places: readonly LocationId[]): readonly Wish[] {
  const { candidates, most } = onePlaceFor([{ offered, wishes }], places);
  return boundTo(candidates[0] ?? most, wishes);
}

/** A line that asked for another place is not moved to this one: such a wish cannot be met unsplit. */
function boundTo(at: LocationId | null, wishes: readonly Wish[]): readonly Wish[] {
  return wishes.flatMap((wish) => (at === null || (wish.at ?? at) !== at ? [] : [{ ...wish, at }]));
}

/** The fewest parcels; among the places that the cart prefers, as far as these suffice. */
function takingOrder(
  need: Need,
  places: readonly LocationId[],
  sending: ReadonlySet<LocationId>,
  prefer: readonly LocationId[],
): readonly LocationId[] {
  const from = prefer.length > 0 ? prefer : fewestParcels([need], places, sending);
  const there = from.reduce((total, place) => total + (need.at.get(place) ?? 0), 0);
  if (there >= need.units) return fewestParcels([need], from);
  const others = places.filter((place) => !from.includes(place));
  return [...from, ...fewestParcels([{ ...need, units: need.units - there }], others, sending)];
}
