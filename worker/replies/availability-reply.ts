import type { Availability } from '../../contracts/availability.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { offeredWhole } from '../../domain/kit.ts';
import { availabilityStatus } from '../../domain/label.ts';
import { offer, type Terms } from '../../domain/offer.ts';
import { merged } from '../../domain/reservation.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Reservation } from '../../domain/stock.ts';
import { freshForMs } from '../cache/port.ts';
import type { SeenItem } from '../stock/see-item.ts';
import { written } from './written.ts';

export interface View {
  readonly network: Network;
  readonly channel: ChannelId;
  /** null: wherever the channel sells from. */
  readonly locations: readonly LocationId[] | null;
  readonly nowMs: number;
}

/** The same pure function that admits reservations, applied to what was seen of an item, or of all parts of a kit. */
export function availabilityReply({ sku, kit, parts }: SeenItem, view: View): Availability {
  const { network, channel, locations, nowMs } = view;
  const offered = offeredWhole(
    parts.map(({ units, seen }) => ({ units, offered: offer(seen.snapshot.terms, network, channel) })),
    locations,
    kit,
  );
  const snapshots = parts.map(({ seen }) => seen.snapshot);
  const source = slowest(parts.map(({ seen }) => seen.source));
  return {
    sku,
    channel,
    available_to_sell: offered.availableToSell,
    status: availabilityStatus(kit ?? itselfOf(snapshots), offered),
    locations: offered.places.map(({ location, availableToSell }) => ({ location, available_to_sell: availableToSell })),
    // Rises whenever one of them does.
    sequence: snapshots.reduce((total, { sequence }) => total + sequence, 0),
    as_of: written(Math.min(...snapshots.map(({ asOfMs }) => asOfMs))),
    age_ms: Math.max(0, ...parts.map(({ seen }) => nowMs - seen.askedAtMs)),
    fresh_for_ms: source === 'projection' ? 0 : Math.min(...parts.map(({ seen }) => freshForMs(seen, nowMs))),
    source,
  };
}

/** What is no kit has one part, itself. */
function itselfOf([snapshot]: readonly Snapshot[]): { readonly status: Snapshot['status']; readonly lowStockAt: number } {
  if (snapshot === undefined) throw new Error('whatever is sold has a part');
  return { status: snapshot.status, lowStockAt: snapshot.terms.lowStockAt };
}

const SOURCES = ['isolate', 'colo', 'object', 'projection'] as const satisfies readonly Availability['source'][];

export function slowest(sources: readonly Availability['source'][]): Availability['source'] {
  return SOURCES.findLast((source) => sources.includes(source)) ?? 'object';
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

/** How long whoever asked may keep it, and that others may get another. */
export function keptFor(freshForMs: number): { readonly 'cache-control': string; readonly vary: string } {
  return { 'cache-control': `private, max-age=${Math.floor(freshForMs / 1_000)}`, vary: 'Authorization' };
}

/** FNV-1a: it only has to tell neighbours apart. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(36);
}
