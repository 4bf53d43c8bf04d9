import type { ChannelId, LocationId } from './ids.ts';

/** Who sells from where. It travels with every command; an object refuses an older version than it has seen. */
export interface Network {
  readonly version: number;
  readonly locations: readonly Location[];
  readonly channels: readonly Channel[];
  /** What is amiss between us and the ERP; absent or null: nothing. */
  readonly trouble?: Trouble | null;
}

/** What every number rests on, whatever the item: whether we hear of the ERP, and it of us. */
export interface Trouble {
  /** Since when its feed of changes was not read to the end; null: it is. */
  readonly feedSinceMs: number | null;
  /** Since when it is left alone because it did not answer; null: it is not. */
  readonly laneSinceMs: number | null;
}

export interface Location {
  readonly id: LocationId;
  /** Smaller is asked first. */
  readonly priority: number;
  readonly stopSell: boolean;
}

export interface Channel {
  readonly id: ChannelId;
  /** null: every location serves it. */
  readonly locations: readonly LocationId[] | null;
  readonly buffer: number;
  /** Smaller takes its protected quota first, and is turned away last (R47). */
  readonly class: number;
  readonly stopSell: boolean;
  /** Absent or null: numbers are taken as they are, however old. */
  readonly confidence?: Confidence | null;
  /** Absent or null: what it may sell, all of it. */
  readonly shows?: Shows | null;
}

export const SHOWN_MEANINGS = ['available', 'input'] as const;
export const TAKES_OFF = ['at_place', 'in_all'] as const;

/** What the number means that the channel is told of an item, and how much of it is told. */
export interface Shows {
  /**
   * `available`: what it may sell. `input`: the channel takes its own open orders off by itself, so these are added to what
   * it may sell.
   */
  readonly meaning: (typeof SHOWN_MEANINGS)[number];
  /** Of what it may sell, so many are told at most; null: all. */
  readonly atMost: number | null;
  /** Of `input`: off what an order is taken. Absent: off the number of its place. */
  readonly takesOff?: (typeof TAKES_OFF)[number];
}

/** When a channel no longer trusts the numbers, and how much less it then offers. */
export interface Confidence {
  /** From this age of the newest count on, and where nobody ever counted; null: counts may be of any age. */
  readonly countAgeSeconds: number | null;
  /** Once a posting has waited for the ERP as long as this; null: the ERP may be silent. */
  readonly erpSilenceSeconds: number | null;
  /** Once the ERP's feed was not read to its end for as long as this. Absent as null: it may lag. */
  readonly feedLagSeconds?: number | null;
  /** Once the ERP has been left alone for as long as this. */
  readonly laneOpenSeconds?: number | null;
  readonly shrinkPercent: number;
}

export const EMPTY_NETWORK: Network = { version: 0, locations: [], channels: [] };

/** R27's L(c): a location that stopped selling serves nobody. */
export function serves(channel: Channel, location: Location): boolean {
  return !location.stopSell && (channel.locations === null || channel.locations.includes(location.id));
}

export function locationsOf(network: Network, channel: Channel): readonly Location[] {
  return network.locations.filter((location) => serves(channel, location));
}

export function channelOf(network: Network, id: ChannelId): Channel | undefined {
  return network.channels.find((channel) => channel.id === id);
}

/** Locations in the order in which they are asked. */
export function byPriority(a: Location, b: Location): number {
  return a.priority - b.priority || compareText(a.id, b.id);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
