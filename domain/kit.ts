import type { LocationId, Sku } from './ids.ts';
import { offeredFrom, type Offer } from './offer.ts';
import type { Item } from './stock.ts';

/** How many base units of an item are in one base unit of what is sold. A plain item is one part of itself, a kit has several. */
export interface Part {
  readonly sku: Sku;
  readonly units: number;
}

/** What is sold as one and made of other items. It has no stock of its own. */
export interface Kit {
  readonly status: Item['status'];
  readonly lowStockAt: number;
  /** Nothing of it is sold now, whatever there is of its parts. */
  readonly stopSell: boolean;
}

export interface OfferedPart {
  readonly units: number;
  readonly offered: Offer;
}

export interface OfferedWhole {
  readonly availableToSell: number;
  /** The part of it that is placed somewhere, so without backorder. */
  readonly firm: number;
  readonly places: readonly { readonly location: LocationId; readonly availableToSell: number }[];
}

/**
 * How many can be made of what is offered of the parts, one part being the item itself: over all locations (null), or
 * from some, where nothing is backordered (R27). At one place all parts come from there.
 */
export function offeredWhole(
  parts: readonly OfferedPart[],
  locations: readonly LocationId[] | null,
  kit: Kit | null,
): OfferedWhole {
  const whole = (of: (offered: Offer) => number): number =>
    kit?.stopSell === true ? 0 : Math.min(...parts.map(({ units, offered }) => Math.floor(of(offered) / units)));
  const firm = whole((offered) => (locations === null ? offered.firm : firmFrom(offered, locations)));
  return {
    availableToSell: locations === null ? whole((offered) => offered.availableToSell) : firm,
    firm,
    places: wholesByPlace(parts)
      .filter(({ location }) => locations === null || locations.includes(location))
      .map(({ location, wholes }) => ({ location, availableToSell: kit?.stopSell === true ? 0 : wholes })),
  };
}

/** A shop may have hundreds of places, so none is searched for. */
function wholesByPlace(parts: readonly OfferedPart[]): readonly { readonly location: LocationId; readonly wholes: number }[] {
  const [first, ...others] = parts.map(
    ({ units, offered }) =>
      new Map(offered.places.map((place) => [place.location, Math.floor(offeredFrom(offered, place) / units)])),
  );
  return [...(first ?? [])].flatMap(([location, ofFirst]) =>
    others.every((places) => places.has(location))
      ? [{ location, wholes: others.reduce((least, places) => Math.min(least, places.get(location) ?? 0), ofFirst) }]
      : [],
  );
}

function firmFrom(offered: Offer, locations: readonly LocationId[]): number {
  const there = offered.places.filter(({ location }) => locations.includes(location));
  return Math.min(
    offered.firm,
    there.reduce((total, { available }) => total + available, 0),
  );
}
