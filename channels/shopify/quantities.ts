import type { Level, SetOutcome } from '../port.ts';
import { gidOf, placeGid } from './ids.ts';
import { SHOPIFY_QUANTITIES_MAX } from './limits.ts';

/** One number at one place, as Shopify takes it. */
export interface Quantity {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
  /** What it must be now; null: whatever. Shopify insists on one of them. */
  readonly changeFromQuantity: number | null;
}

export interface Entry {
  readonly level: Level;
  /** Where it stands among the levels of the call. */
  readonly index: number;
  readonly quantities: readonly Quantity[];
}

/** The level as Shopify takes it, or why it cannot. `location`: the only place of all levels. */
export function entryOf(
  level: Level,
  index: number,
  location: string | null,
): Entry | Extract<SetOutcome, { outcome: 'refused' }> {
  const inventoryItemId = gidOf('InventoryItem', level.listing);
  if (inventoryItemId === null)
    return refused('not_an_inventory_item', 'The listing is not the number of an inventory item of Shopify.');
  if (location !== null) {
    const changeFromQuantity = level.believed?.quantity ?? null;
    return {
      level,
      index,
      quantities: [{ inventoryItemId, locationId: location, quantity: level.quantity, changeFromQuantity }],
    };
  }
  if (level.places.length === 0) return refused('no_place', 'Shopify counts by location, and no place of ours has a name there.');
  if (level.places.length > SHOPIFY_QUANTITIES_MAX)
    return refused('too_many_places', `Shopify takes at most ${SHOPIFY_QUANTITIES_MAX} places of an item at once.`);
  const quantities: Quantity[] = [];
  for (const { place, quantity } of level.places) {
    const locationId = placeGid(place);
    if (locationId === null) return refused('not_a_location', 'A place is not the bare number of a location of Shopify.');
    const changeFromQuantity = level.believed?.places.find((at) => at.place === place)?.quantity ?? null;
    quantities.push({ inventoryItemId, locationId, quantity, changeFromQuantity });
  }
  return { level, index, quantities };
}

/** So many entries together that one call takes their quantities; none is cut in two. */
export function chunksOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const chunks: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    if (entry.quantities.length > room) {
      chunks.push([]);
      room = SHOPIFY_QUANTITIES_MAX;
    }
    chunks.at(-1)?.push(entry);
    room -= entry.quantities.length;
  }
  return chunks;
}

function refused(code: string, detail: string): Extract<SetOutcome, { outcome: 'refused' }> {
  return { outcome: 'refused', code, detail };
}
