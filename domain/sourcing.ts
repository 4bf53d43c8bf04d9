import type { LocationId } from './ids.ts';
import { offeredFrom, type Offer } from './offer.ts';
import { fewestParcels } from './parcels.ts';
import { Purse, type Wish } from './purse.ts';

/** All that a cart asks of one item, and what its channel is offered of it. */
export interface ItemWishes {
  readonly wishes: readonly Wish[];
  readonly offered: Offer;
}

/**
 * Where the lines of a cart that name no location should come from, in the order in which units are taken: one place for
 * all of them, else the fewest parcels, else by priority. Lines that name one have their parcel there in any case.
 * `places` are the channel's, by priority. It is a wish: what a cart gets does not depend on it, only from where.
 */
export function preferredPlaces(items: readonly ItemWishes[], places: readonly LocationId[]): readonly LocationId[] {
  const sending = new Set<LocationId>();
  const needs = items.map(({ wishes, offered }) => {
    const purse = new Purse(offered);
    for (const wish of wishes) if (wish.at !== null && purse.takeAt(wish, wish.at).quantity > 0) sending.add(wish.at);
    return purse.need(freeUnits(wishes));
  });
  const open = needs.filter(({ units }) => units > 0);
  return open.length === 0 ? [] : fewestParcels(open, places, sending);
}

/** Where a cart that must not be split can come from. */
export interface OnePlace {
  /** Places that have everything, by priority. */
  readonly candidates: readonly LocationId[];
  /** Where most of it is, if nowhere is all: what is short there is what is missing. null: nothing is anywhere. */
  readonly most: LocationId | null;
}

/** A line that names a location is never moved, so lines that name two cannot come from one place. */
export function onePlaceFor(items: readonly ItemWishes[], places: readonly LocationId[]): OnePlace {
  const named = [...new Set(items.flatMap(({ wishes }) => wishes.flatMap(({ at }) => at ?? [])))];
  const [at, another] = named;
  if (at !== undefined && another !== undefined) return { candidates: [], most: at };

  const asked = items.map(({ wishes }) => wishes.reduce((total, { quantity }) => total + quantity, 0));
  const all = asked.reduce((total, units) => total + units, 0);
  const unitsAt = unitsByPlace(items, asked);
  const had = (at === undefined ? places : [at]).map((place) => ({ place, units: unitsAt.get(place) ?? 0 }));
  const largest = had.reduce((most, { units }) => Math.max(most, units), 0);
  return {
    candidates: had.flatMap(({ place, units }) => (units === all ? [place] : [])),
    most: at ?? had.find(({ units }) => units > 0 && units === largest)?.place ?? null,
  };
}

/** How much of everything asked each place can give by itself; what is backordered is at no place. */
function unitsByPlace(items: readonly ItemWishes[], asked: readonly number[]): ReadonlyMap<LocationId, number> {
  const units = new Map<LocationId, number>();
  for (const [index, { offered }] of items.entries()) {
    for (const place of offered.places) {
      const given = Math.min(asked[index] ?? 0, offeredFrom(offered, place));
      units.set(place.location, (units.get(place.location) ?? 0) + given);
    }
  }
  return units;
}

function freeUnits(wishes: readonly Wish[]): number {
  return wishes.reduce((total, { at, quantity }) => (at === null ? total + quantity : total), 0);
}
