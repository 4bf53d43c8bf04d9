import type { ChannelId, LocationId } from './ids.ts';
import { hasOnePlace } from './level.ts';
import { byPriority, channelOf, compareText, serves, type Channel, type Network } from './network.ts';

/**
 * All that a channel's numbers take from the network, as text: while it is the same, the same terms give the same numbers (R27).
 * Names, sources and what other channels do with their own buffers are no part of it.
 */
export function numbersBasis(network: Network, channelId: ChannelId): string {
  const channel = channelOf(network, channelId);
  if (channel === undefined) return 'null';
  // Others keep units back from this one, each from its own places (R27).
  const keepers = network.channels.map((one) => [one.id, one.class, selling(one, network)]);
  const places = [...network.locations].sort(byPriority).map(({ id, priority }) => [id, priority]);
  const { locations: _served, class: _rank, ...own } = channel;
  const trouble = (channel.confidence ?? null) === null ? null : (network.trouble ?? null);
  const onePlace = channel.shows?.meaning === 'input' && hasOnePlace(channel, network);
  return JSON.stringify([sorted(own), places, keepers.sort(byName), trouble, onePlace]);
}

function selling(channel: Channel, { locations }: Network): readonly LocationId[] | null {
  const selling = locations.filter((location) => serves(channel, location));
  return selling.length === locations.length ? null : selling.map(({ id }) => id).sort(compareText);
}

/** Whatever a channel is told to be counts, also what a newer version of us adds to it; in the order of names, and absent as null. */
function sorted(own: object): readonly (readonly [string, unknown])[] {
  return Object.entries(own)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => compareText(a, b));
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return compareText(String(a), String(b));
}
