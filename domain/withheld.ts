import type { ChannelId, LocationId } from './ids.ts';
import { byPriority, compareText, serves, type Channel, type Network } from './network.ts';
import type { Quota } from './offer.ts';

/** What each location keeps back from one channel for the unused protected quotas of the others (R27). */
export type Withheld = (from: ChannelId) => ReadonlyMap<LocationId, number>;

/** In which order who keeps what is the same for every channel that asks, so it is worked out once. */
export function withholding(quotas: readonly Quota[], free: ReadonlyMap<LocationId, number>, network: Network): Withheld {
  const keepers = keepersOf(quotas, free, network);
  return (from) => {
    const withheld = new Map<LocationId, number>();
    for (const { channel, unused, locations } of keepers) {
      let left = channel === from ? 0 : unused;
      for (const id of locations) {
        if (left === 0) break;
        const already = withheld.get(id) ?? 0;
        const taken = Math.min(left, (free.get(id) ?? 0) - already);
        withheld.set(id, already + taken);
        left -= taken;
      }
    }
    return withheld;
  };
}

interface Keeper {
  readonly channel: ChannelId;
  readonly unused: number;
  readonly locations: readonly LocationId[];
}

/** Channels with units that are protected and not sold yet, in order of class; each with its places in the order of taking. */
function keepersOf(quotas: readonly Quota[], free: ReadonlyMap<LocationId, number>, network: Network): readonly Keeper[] {
  const unusedOf = new Map(quotas.map((quota) => [quota.channel, quota.protected - quota.consumed]));
  const keeping = network.channels.filter(({ id }) => (unusedOf.get(id) ?? 0) > 0).sort(byClass);
  if (keeping.length === 0) return [];
  const places = network.locations.filter(({ id }) => free.has(id));
  const serving = new Map(places.map((place) => [place, network.channels.filter((one) => serves(one, place)).length]));
  const inOrder = places.sort((a, b) => (serving.get(a) ?? 0) - (serving.get(b) ?? 0) || byPriority(a, b));
  return keeping.map((channel) => ({
    channel: channel.id,
    unused: unusedOf.get(channel.id) ?? 0,
    locations: inOrder.filter((place) => serves(channel, place)).map(({ id }) => id),
  }));
}

function byClass(a: Channel, b: Channel): number {
  return a.class - b.class || compareText(a.id, b.id);
}
