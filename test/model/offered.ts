import type { LocationId } from '../../domain/ids.ts';
import { offeredFrom, type Offer } from '../../domain/offer.ts';

/** What the channel may promise from one place. */
export function offeredAt(offered: Offer, location: LocationId): number {
  const place = offered.places.find((one) => one.location === location);
  return place === undefined ? 0 : offeredFrom(offered, place);
}

/** What the channel may promise when a line must not be split. */
export function offeredAtOnePlace(offered: Offer): number {
  return offered.places.reduce((largest, place) => Math.max(largest, offeredFrom(offered, place)), 0);
}
