import type { Explanation } from '../../contracts/availability.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { explainedLevel, type Leveled } from '../../domain/level.ts';
import { channelOf, type Network } from '../../domain/network.ts';

/** What the channel is told of an item, and how that comes from what it may sell (R87). */
export function showsReply(item: Leveled, network: Network, channel: ChannelId): Explanation['shows'] {
  const { meaning = 'available', atMost = null } = channelOf(network, channel)?.shows ?? {};
  const { quantity, ownOrders, places } = explainedLevel(item, network, channel);
  return {
    meaning,
    at_most: atMost,
    own_open_orders: ownOrders,
    level: quantity,
    places: places.map((place) => ({
      location: place.location,
      own_open_orders: place.ownOrders,
      level: place.quantity,
    })),
  };
}
