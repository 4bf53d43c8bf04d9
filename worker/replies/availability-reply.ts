import type { Availability } from '../../contracts/availability.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { offer, offeredAt, type Offer, type Terms } from '../../domain/offer.ts';
import { merged } from '../../domain/reservation.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Reservation } from '../../domain/stock.ts';
import { freshForMs, type SeenSnapshot } from '../cache/port.ts';
import { written } from './written.ts';

export interface View {
  readonly network: Network;
  readonly channel: ChannelId;
  /** null: wherever the channel sells from. */
  readonly locations: readonly LocationId[] | null;
  readonly nowMs: number;
}

/** The same pure function that admits reservations, applied to what was seen. */
export function availabilityReply(seen: SeenSnapshot & { readonly source: Availability['source'] }, view: View): Availability {
  const { snapshot, source } = seen;
  const offered = offer(snapshot.terms, view.network, view.channel);
  const { locations } = view;
  const places = offered.places.filter(({ location }) => locations === null || locations.includes(location));
  // At places, and not over all, nothing is backordered (R27).
  const number =
    locations === null
      ? offered.availableToSell
      : Math.min(
          offered.firm,
          places.reduce((total, { available }) => total + available, 0),
        );
  return {
    sku: snapshot.sku,
    channel: view.channel,
    available_to_sell: number,
    status: labelOf(snapshot, offered, number),
    locations: places.map(({ location }) => ({ location, available_to_sell: offeredAt(offered, location) })),
    sequence: snapshot.sequence,
    as_of: written(snapshot.asOfMs),
    age_ms: Math.max(0, view.nowMs - seen.askedAtMs),
    fresh_for_ms: source === 'projection' ? 0 : freshForMs(seen, view.nowMs),
    source,
  };
}

function labelOf({ status, terms }: Snapshot, { firm }: Offer, number: number): Availability['status'] {
  if (status !== 'active') return status;
  if (number === 0) return 'out_of_stock';
  if (firm === 0) return 'backorder';
  return number <= terms.lowStockAt ? 'low_stock' : 'in_stock';
}

/** What a reservation could have: its own open units count as free. */
export function withOwnUnits(terms: Terms, { channel, lines }: Reservation): Terms {
  const own = merged(...lines.map(({ openAt }) => openAt));
  const open = lines.reduce((total, line) => total + line.open, 0);
  const unplaced = open - own.reduce((total, { quantity }) => total + quantity, 0);
  return {
    ...terms,
    places: terms.places.map((place) => ({
      ...place,
      reserved: place.reserved - (own.find(({ location }) => location === place.location)?.quantity ?? 0),
    })),
    backordered: terms.backordered - unplaced,
    quotas: terms.quotas.map((quota) => (quota.channel === channel ? { ...quota, consumed: quota.consumed - open } : quota)),
  };
}

/** Weak, since age differs and numbers do not: who has these numbers of this network need not get them again. */
export function etagOf(
  { sku, channel, available_to_sell, status, locations, sequence }: Availability,
  networkVersion: number,
): string {
  const numbers = [sku, channel, available_to_sell, status, ...locations.flatMap((one) => [one.location, one.available_to_sell])];
  return `W/"${sequence}.${networkVersion}.${hash(JSON.stringify(numbers))}"`;
}

/** FNV-1a: it only has to tell neighbours apart. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(36);
}
