import type { Explanation } from '../../contracts/availability.ts';
import { publicId } from '../../domain/cart/cart.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import { doubtsOf } from '../../domain/confidence.ts';
import { channelOf, locationsOf, type Network } from '../../domain/network.ts';
import { offer, type Offer } from '../../domain/offer.ts';
import { availableToPromise } from '../../domain/promise.ts';
import { STOCK_STATUSES } from '../../domain/stock.ts';
import type { Explained, LastCount } from '../../durable-objects/sku-stock/protocol.ts';
import { reservationReply } from './reservation-reply.ts';
import { showsReply } from './shows-reply.ts';
import { written, writtenOrNull } from './written.ts';

interface Surroundings {
  readonly network: Network;
  readonly channel: ChannelId;
  readonly policyVersion: number;
  readonly feedReadAtMs: number | null;
  readonly cursor: string | null;
}

/** Every term behind one channel's number; they add up to it. */
export function explainReply(
  explained: Explained,
  { network, channel, policyVersion, feedReadAtMs, cursor }: Surroundings,
): Explanation {
  const { snapshot } = explained;
  const { sku, sequence, asOfMs, terms } = snapshot;
  const offered = offer(terms, network, channel);
  const seller = channelOf(network, channel);
  const promised = availableToPromise(terms, explained.expected ?? [], network, channel);
  return {
    sku,
    channel,
    available_to_sell: offered.availableToSell,
    sequence,
    as_of: written(asOfMs),
    stock: offered.stock,
    withheld: offered.withheld,
    debt: offered.debt,
    backordered: offered.backordered,
    buffer: offered.buffer,
    shrunk: offered.shrunk,
    backorder_limit: offered.backorderLimit,
    cap: offered.cap,
    consumed: offered.consumed,
    stop_sell: snapshot.terms.stopSell || (seller?.stopSell ?? false),
    locations: placesOf(explained, network, channel).map((location) => placeReply(explained, offered, location)),
    policy_version: policyVersion,
    available_to_promise: promised.map(({ expectedAtMs, quantity }) => ({ expected_at: written(expectedAtMs), quantity })),
    reservations: explained.reservations.map((one) => {
      const promisedAtMs = explained.promises?.find(({ reservation }) => reservation === one.id)?.atMs ?? null;
      return reservationReply(sku, { ...one, id: publicId(one.id) }, { sequence, asOfMs, promisedAtMs });
    }),
    next_cursor: cursor,
    last_count: explained.lastCount === null ? null : lastCountReply(explained.lastCount),
    postings_in_flight: explained.postingsInFlight,
    counted_at: writtenOrNull(terms.evidence?.countedAtMs),
    waiting_since: writtenOrNull(terms.evidence?.waitingSinceMs),
    ...connectionReply(network, feedReadAtMs),
    doubts: seller === undefined ? [] : [...doubtsOf(seller, terms.evidence, network.trouble ?? null)],
    components: null,
    shows: showsReply({ sku, kit: null, parts: [{ units: 1, snapshot }] }, network, channel),
  };
}

/** How the connection to the ERP is, on which all numbers rest. */
export function connectionReply(
  { trouble = null }: Network,
  feedReadAtMs: number | null,
): Pick<Explanation, 'feed_read_at' | 'feed_late_since' | 'lane_open_since'> {
  return {
    feed_read_at: writtenOrNull(feedReadAtMs),
    feed_late_since: writtenOrNull(trouble?.feedSinceMs),
    lane_open_since: writtenOrNull(trouble?.laneSinceMs),
  };
}

/** The channel's places that hold anything, or promise anything. */
function placesOf({ snapshot, balances }: Explained, network: Network, channelId: ChannelId): readonly LocationId[] {
  const channel = channelOf(network, channelId);
  if (channel === undefined) return [];
  const held = new Set([...balances.map(({ location }) => location), ...snapshot.terms.places.map(({ location }) => location)]);
  return locationsOf(network, channel).flatMap(({ id }) => (held.has(id) ? [id] : []));
}

function placeReply({ snapshot, balances }: Explained, offered: Offer, location: LocationId): Explanation['locations'][number] {
  const terms = snapshot.terms.places.find((place) => place.location === location);
  const place = offered.places.find((one) => one.location === location);
  const here = balances.filter((balance) => balance.location === location);
  const onHand = STOCK_STATUSES.flatMap((status) => {
    const balance = here.find((one) => one.status === status);
    return balance === undefined ? [] : [[status, balance.onHand] as const];
  });
  return {
    location,
    on_hand: Object.fromEntries(onHand),
    reserved: terms?.reserved ?? 0,
    committed: terms?.committed ?? 0,
    safety_stock: terms?.safetyStock ?? 0,
    net: place?.net ?? 0,
    withheld: place?.withheld ?? 0,
    available: place?.available ?? 0,
  };
}

/** The object keeps more of a count beside it, which is its own affair. */
function lastCountReply(count: LastCount): NonNullable<Explanation['last_count']> {
  const { source, location, status, quantity, meaning, mark, sequence, asOfMs } = count;
  return { source, location, status, quantity, meaning, mark, sequence, as_of: written(asOfMs) };
}
