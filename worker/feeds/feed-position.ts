import * as z from 'zod';
import type { ChannelId } from '../../domain/ids.ts';
import { numbersBasis } from '../../domain/numbers-basis.ts';
import type { Network } from '../../domain/network.ts';
import { digestOf } from '../request/digest.ts';
import { cursorOf } from '../request/pages.ts';
import type { ChannelNames } from '../listings/channel-names.ts';

/** How far a feed was read: behind this event, as it was under this network and with these names. */
const position = z.tuple([z.int().min(0), z.int().min(0), z.string()]);
export const feedPosition = position.transform(([event, network, basis]): FeedPosition => ({ event, network, basis }));

export interface FeedPosition {
  readonly event: number;
  /** Its version. */
  readonly network: number;
  /** A word for all that the numbers take from it, and for what the channel calls its places. */
  readonly basis: string;
}

export function positionNow(event: number, network: Network, channel: ChannelId, names: ChannelNames): FeedPosition {
  const { system, ownNames, places } = names;
  const basis = digestOf(JSON.stringify([numbersBasis(network, channel), system, ownNames, [...places]]));
  return { event, network: network.version, basis };
}

export function writtenPosition({ event, network, basis }: FeedPosition): string {
  return cursorOf(JSON.stringify([event, network, basis]));
}

/**
 * Whether all that may be another since then stands in the events. Another network may have been and gone between two that give
 * the same numbers, and what changed meanwhile was compared under that one; so of more than one step nobody knows.
 */
export function isComparable(then: FeedPosition, now: FeedPosition): boolean {
  return then.basis === now.basis && now.network - then.network <= 1 && now.network >= then.network;
}
