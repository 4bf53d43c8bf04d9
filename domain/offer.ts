import { shrunkOf, type Evidence } from './confidence.ts';
import type { ChannelId, LocationId } from './ids.ts';
import { byPriority, channelOf, compareText, locationsOf, serves, type Channel, type Location, type Network } from './network.ts';

/** What one SKU's object says about its stock; enough for every channel's number (R27). */
export interface Terms {
  readonly places: readonly PlaceTerms[];
  readonly backordered: number;
  readonly backorderLimit: number;
  readonly lowStockAt: number;
  readonly buffers: readonly { readonly channel: ChannelId; readonly quantity: number }[];
  readonly quotas: readonly Quota[];
  readonly stopSell: boolean;
  /** Absent in what was said before channels asked for it. */
  readonly evidence?: Evidence;
}

export interface PlaceTerms {
  readonly location: LocationId;
  /** Units on hand that are sellable. */
  readonly sellable: number;
  readonly reserved: number;
  readonly committed: number;
  readonly safetyStock: number;
}

export interface Quota {
  readonly channel: ChannelId;
  readonly protected: number;
  readonly cap: number | null;
  /** Live, committed and fulfilled units since this version of the quota. */
  readonly consumed: number;
}

/** One channel's number and every term behind it: the terms add up to `availableToSell`. */
export interface Offer {
  readonly availableToSell: number;
  /** The part of it that is placed somewhere, so without backorder. */
  readonly firm: number;
  readonly stock: number;
  readonly withheld: number;
  readonly debt: number;
  readonly backordered: number;
  readonly buffer: number;
  /** Left out while the channel does not trust the numbers. */
  readonly shrunk: number;
  readonly backorderLimit: number;
  readonly cap: number | null;
  readonly consumed: number;
  /** The channel's locations in the order in which they are asked. */
  readonly places: readonly OfferedPlace[];
}

export interface OfferedPlace {
  readonly location: LocationId;
  readonly net: number;
  readonly withheld: number;
  readonly available: number;
}

/** R27: what a channel may promise now. Reads, admission and explain all ask this one function. */
export function offer(terms: Terms, network: Network, channelId: ChannelId): Offer {
  const channel = channelOf(network, channelId);
  if (channel === undefined) return NOTHING;

  const withheld = withheldFrom(channel, terms, network);
  const places = placesOf(channel, terms, network, withheld);
  const stock = sum(places, (place) => place.available + place.withheld);
  const held = sum(places, (place) => place.withheld);
  const debt = sum(places, (place) => Math.max(0, -place.net));
  const beforeBuffer = stock - held - debt - terms.backordered;
  const buffer = Math.min(Math.max(0, beforeBuffer), bufferOf(channel, terms));
  const shrunk = shrunkOf(channel, terms.evidence, beforeBuffer - buffer);
  const left = beforeBuffer - buffer - shrunk;
  const quota = terms.quotas.find((one) => one.channel === channelId);
  const cap = quota?.cap ?? null;
  const consumed = quota?.consumed ?? 0;
  const sells = !terms.stopSell && !channel.stopSell;
  const ceiling = !sells ? 0 : cap === null ? Infinity : cap - consumed;

  return {
    availableToSell: Math.max(0, Math.min(left + terms.backorderLimit, ceiling)),
    firm: Math.max(0, Math.min(left, ceiling)),
    stock,
    withheld: held,
    debt,
    backordered: terms.backordered,
    buffer,
    shrunk,
    backorderLimit: terms.backorderLimit,
    cap,
    consumed,
    places,
  };
}

/** What the channel may promise from one place: backordered units have none. */
export function offeredAt(offered: Offer, location: LocationId): number {
  const place = offered.places.find((one) => one.location === location);
  return Math.min(place?.available ?? 0, offered.firm);
}

/** What the channel may promise when a line must not be split. */
export function offeredAtOnePlace(offered: Offer): number {
  return offered.places.reduce((largest, place) => Math.max(largest, Math.min(place.available, offered.firm)), 0);
}

const NOTHING: Offer = {
  availableToSell: 0,
  firm: 0,
  stock: 0,
  withheld: 0,
  debt: 0,
  backordered: 0,
  buffer: 0,
  shrunk: 0,
  backorderLimit: 0,
  cap: null,
  consumed: 0,
  places: [],
};

const safe = (place: PlaceTerms): number => Math.max(0, netOf(place) - place.safetyStock);
export const netOf = (place: PlaceTerms): number => place.sellable - place.reserved - place.committed;

/** An item's buffer for a channel overrides the channel's own. */
function bufferOf(channel: Channel, terms: Terms): number {
  return terms.buffers.find((one) => one.channel === channel.id)?.quantity ?? channel.buffer;
}

function placesOf(
  channel: Channel,
  terms: Terms,
  network: Network,
  withheld: ReadonlyMap<LocationId, number>,
): readonly OfferedPlace[] {
  return [...locationsOf(network, channel)].sort(byPriority).flatMap(({ id }) => {
    const place = terms.places.find((one) => one.location === id);
    if (place === undefined) return [];
    const held = withheld.get(id) ?? 0;
    return [{ location: id, net: netOf(place), withheld: held, available: safe(place) - held }];
  });
}

/** What each location keeps back for the unused protected quotas of the other channels. */
function withheldFrom(channel: Channel, terms: Terms, network: Network): ReadonlyMap<LocationId, number> {
  const withheld = new Map<LocationId, number>();
  for (const other of [...network.channels].sort(byClass)) {
    if (other.id === channel.id) continue;
    const quota = terms.quotas.find((one) => one.channel === other.id);
    let unused = quota === undefined ? 0 : Math.max(0, quota.protected - quota.consumed);
    if (unused === 0) continue;
    for (const { id } of fewestChannelsFirst(other, network)) {
      const place = terms.places.find((one) => one.location === id);
      if (place === undefined) continue;
      const already = withheld.get(id) ?? 0;
      const taken = Math.min(unused, safe(place) - already);
      withheld.set(id, already + taken);
      unused -= taken;
    }
  }
  return withheld;
}

function fewestChannelsFirst(channel: Channel, network: Network): readonly Location[] {
  const served = (location: Location): number => network.channels.filter((one) => serves(one, location)).length;
  return [...locationsOf(network, channel)].sort((a, b) => served(a) - served(b) || byPriority(a, b));
}

function byClass(a: Channel, b: Channel): number {
  return a.class - b.class || compareText(a.id, b.id);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
