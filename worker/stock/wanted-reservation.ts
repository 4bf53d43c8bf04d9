import type * as z from 'zod';
import type { newReservation } from '../../contracts/selling.ts';
import type { CartLine } from '../../domain/cart/cart.ts';
import type { ChannelId, LocationId, Sku } from '../../domain/ids.ts';
import type { Names } from '../catalogue/names.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';
import { lineNames, namedLines, onlySkuOf } from './named-lines.ts';

export interface WantedReservation {
  readonly channel: ChannelId;
  readonly lines: readonly CartLine[];
  /** The one SKU that all lines are of; null: a cart. */
  readonly sku: Sku | null;
}

/** What the names in a request stand for: lines in base units, at places that the channel sells from. */
export async function wantedBy(
  principal: Principal,
  request: z.output<typeof newReservation>,
  names: Names,
): Promise<WantedReservation | Refused> {
  const channelId = channelFor(principal, request.channel);
  if (channelId instanceof Refused) return channelId;
  const channel = await names.channel(channelId);
  if (channel instanceof Refused) return channel;
  const named = namedLines(request.lines, await lineNames(request.lines, names));
  if (named instanceof Refused) return named;
  const stranger = named.find(({ line: { at } }) => at !== null && !isServed(channel.locations, at));
  if (stranger !== undefined) {
    return new Refused('location_not_served', `${channel.id} does not sell from ${stranger.line.at ?? ''}`);
  }
  const lines = named.map(({ line, item }) => (item.kit?.stopSell === true ? { ...line, stopSell: true as const } : line));
  return { channel: channel.id, lines, sku: onlySkuOf(lines) };
}

function isServed(locations: readonly LocationId[] | null, location: LocationId): boolean {
  return locations === null || locations.includes(location);
}
