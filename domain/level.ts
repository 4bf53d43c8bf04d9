import type { ChannelId, LocationId, Sku } from './ids.ts';
import { offeredWhole, type Kit, type OfferedWhole } from './kit.ts';
import { availabilityStatus, type AvailabilityStatus } from './label.ts';
import { byPriority, channelOf, type Channel, type Location, type Network } from './network.ts';
import { offer } from './offer.ts';
import type { Owed } from './owed.ts';
import type { Snapshot } from './snapshot.ts';

/** What is sold, and what is known of all that it is made of: of itself, or of the parts of a kit. */
export interface Leveled {
  readonly sku: Sku;
  /** null: an item with stock of its own, its only part. */
  readonly kit: Kit | null;
  readonly parts: readonly { readonly units: number; readonly snapshot: Pick<Snapshot, 'status' | 'terms'> }[];
}

/** What a channel is to show of an item: one number, and its part at each place. */
export interface ItemLevel {
  readonly quantity: number;
  /**
   * In the order in which places are asked; together never more than `quantity`. Also where it could be and nothing is sold: a channel
   * that heard no more of a place would go on with what it was told of it.
   */
  readonly places: readonly { readonly location: LocationId; readonly quantity: number }[];
  /** The word beside the number; it speaks of what may be sold, however much of it is shown. */
  readonly status: AvailabilityStatus;
}

/** The one place where the number of a channel is worked out that feeds and pushes tell it (R85, R86). */
export function levelOf(item: Leveled, network: Network, channelId: ChannelId): ItemLevel {
  const { quantity, places, status } = explainedLevel(item, network, channelId);
  return { quantity, places: places.map((place) => ({ location: place.location, quantity: place.quantity })), status };
}

export interface ExplainedLevel extends ItemLevel {
  /** Orders that the channel counts by itself, of what it lists: those of a kit are none of its parts'. */
  readonly ownOrders: number;
  readonly places: readonly { readonly location: LocationId; readonly quantity: number; readonly ownOrders: number }[];
}

/** The level, and which of it are the channel's own open orders. */
export function explainedLevel(item: Leveled, network: Network, channelId: ChannelId): ExplainedLevel {
  const { kit, parts } = item;
  const offered = offeredWhole(
    parts.map(({ units, snapshot }) => ({ units, offered: offer(snapshot.terms, network, channelId) })),
    null,
    kit,
  );
  const channel = channelOf(network, channelId);
  const told = Math.min(offered.availableToSell, channel?.shows?.atMost ?? Infinity);
  const spreadOut = spread(offered, told);
  const own = ownOrders(item, channel, network);
  // Where nothing may be sold it is told nothing, whatever it owes: should it lose an order before we do, it sells none either.
  const withOwn = (units: number, orders: number): number => (units === 0 ? 0 : units + orders);
  const selling = spreadOut.filter(({ quantity }) => quantity > 0);
  const homeless = own.quantity - selling.reduce((sum, { location }) => sum + own.at(location), 0);
  const ordersAt = (location: LocationId): number =>
    own.at(location) + (channel?.shows?.takesOff === 'in_all' && location === selling[0]?.location ? homeless : 0);
  return {
    quantity: withOwn(told, own.quantity),
    places: placesOf(item, channel, network, spreadOut).map(({ location, quantity }) => {
      const orders = ordersAt(location);
      return { location, quantity: withOwn(quantity, orders), ownOrders: orders };
    }),
    status: availabilityStatus(kit ?? itselfOf(parts), offered),
    ownOrders: own.quantity,
  };
}

/** All places of the channel where anything of it was ever known, those that stopped selling among them. */
function placesOf(
  { parts }: Leveled,
  channel: Channel | undefined,
  network: Network,
  sold: ItemLevel['places'],
): ItemLevel['places'] {
  if (channel === undefined) return [];
  const known = new Set(parts.flatMap(({ snapshot }) => snapshot.terms.places.map(({ location }) => location)));
  const here = new Map(sold.map(({ location, quantity }) => [location, quantity]));
  return ownPlaces(channel, network)
    .filter(({ id }) => known.has(id))
    .map(({ id }) => ({ location: id, quantity: here.get(id) ?? 0 }));
}

/** Also those where nothing is sold now. */
export function ownPlaces({ locations }: Channel, network: Network): readonly Location[] {
  return network.locations.filter(({ id }) => locations === null || locations.includes(id)).sort(byPriority);
}

/** Places may each offer more than all of them may promise together, so the first are served first. */
function spread({ places }: OfferedWhole, quantity: number): ItemLevel['places'] {
  let left = quantity;
  return places.map(({ location, availableToSell }) => {
    const here = Math.min(availableToSell, left);
    left -= here;
    return { location, quantity: here };
  });
}

interface OwnOrders {
  readonly quantity: number;
  at(location: LocationId): number;
}

const NO_ORDERS: OwnOrders = { quantity: 0, at: () => 0 };

function ownOrders({ sku, kit, parts }: Leveled, channel: Channel | undefined, network: Network): OwnOrders {
  if (channel?.shows?.meaning !== 'input') return NO_ORDERS;
  const ofParts = parts.map(({ snapshot }) =>
    snapshot.terms.owed?.find((one) => one.channel === channel.id && one.kit === (kit === null ? undefined : sku)),
  );
  // Of a kit of which some parts left, as many are open as the part has that has least.
  const least = (of: (owed: Owed) => number): number => Math.min(...ofParts.map((owed) => (owed === undefined ? 0 : of(owed))));
  const quantity = least((owed) => owed.quantity);
  // An order that names no place can only be where there is one: anywhere else it would make room that is not there.
  if (hasOnePlace(channel, network)) return { quantity, at: () => quantity };
  const named = ({ places }: Owed, at: LocationId): number => places.find(({ location }) => location === at)?.quantity ?? 0;
  return { quantity, at: (location) => least((owed) => named(owed, location)) };
}

/** Also of those where nothing is sold now: orders of before may be there. */
export function hasOnePlace({ locations }: Channel, network: Network): boolean {
  return (locations ?? network.locations).length === 1;
}

/** What is no kit has one part, itself. */
function itselfOf([itself]: Leveled['parts']): Pick<Kit, 'status' | 'lowStockAt'> {
  if (itself === undefined) throw new Error('whatever is sold has a part');
  const { status, terms } = itself.snapshot;
  return { status, lowStockAt: terms.lowStockAt };
}
