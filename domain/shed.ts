import type { Command } from './command.ts';
import type { ChannelId } from './ids.ts';
import { channelOf, type Network } from './network.ts';

/**
 * Whether commands are turned away because so many wait already. With k classes of channels, the reservations of the class
 * with i more important ones may fill (k − i)/k of the room, so that a rush of unimportant channels leaves room for the
 * others. Whatever belongs to a promise already given, and every fact, may fill all of it.
 */
export function isShed(commands: readonly Command[], waiting: number, waitingMax: number, network: Network): boolean {
  if (waiting >= waitingMax) return true;
  // There are at most as many classes as channels: below the smallest possible share nobody need look for classes.
  if (waiting < waitingMax / network.channels.length) return false;
  return commands.some((command) => command.type === 'reserve' && waiting >= waitingMax * shareOf(command.channel, network));
}

/** A channel that is not known here counts as one of the least important. */
function shareOf(id: ChannelId, network: Network): number {
  const classes = new Set(network.channels.map((channel) => channel.class));
  const own = channelOf(network, id)?.class ?? Math.max(...classes);
  const moreImportant = [...classes].filter((one) => one < own).length;
  return (classes.size - moreImportant) / classes.size;
}
