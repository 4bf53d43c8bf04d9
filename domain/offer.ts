import { shrunkOf, type Evidence } from './confidence.ts';
import type { ChannelId, LocationId } from './ids.ts';
import type { Owed } from './owed.ts';
import { byPriority, channelOf, serves, type Channel, type Network, type Trouble } from './network.ts';
import { withholding } from './withheld.ts';

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
  /** Of channels that count their own orders by themselves, and absent where there is none. */
  readonly owed?: readonly Owed[];
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
  return offers(terms, network)(channelId);
}

/** The same for whoever asks for many channels of the same terms. */
export function offers(terms: Terms, network: Network): (channelId: ChannelId) => Offer {
  const known = new Map(terms.places.map((place) => [place.location, place]));
  const free = new Map(terms.places.map((place) => [place.location, safe(place)]));
  const withheld = withholding(terms.quotas, free, network);
  return (id) => {
    const channel = channelOf(network, id);
    return channel === undefined
      ? NOTHING
      : offerTo(channel, terms, network.trouble ?? null, placesOf(channel, network, known, withheld(id)));
  };
}

function offerTo(channel: Channel, terms: Terms, trouble: Trouble | null, places: readonly OfferedPlace[]): Offer {
  const stock = sum(places, (place) => place.available + place.withheld);
  const held = sum(places, (place) => place.withheld);
  const debt = sum(places, (place) => Math.max(0, -place.net));
  const beforeBuffer = stock - held - debt - terms.backordered;
  const buffer = Math.min(Math.max(0, beforeBuffer), bufferOf(channel, terms));
  const shrunk = shrunkOf(channel, terms.evidence, beforeBuffer - buffer, trouble);
  const left = beforeBuffer - buffer - shrunk;
  const quota = terms.quotas.find((one) => one.channel === channel.id);
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
export function offeredFrom(offered: Offer, place: OfferedPlace): number {
  return Math.min(place.available, offered.firm);
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
  network: Network,
  known: ReadonlyMap<LocationId, PlaceTerms>,
  withheld: ReadonlyMap<LocationId, number>,
): readonly OfferedPlace[] {
  const places = network.locations.flatMap((location) => {
    const place = known.get(location.id);
    return place === undefined || !serves(channel, location) ? [] : [{ ...place, ...location }];
  });
  return places.sort(byPriority).map((place) => {
    const held = withheld.get(place.id) ?? 0;
    return { location: place.id, net: netOf(place), withheld: held, available: safe(place) - held };
  });
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
