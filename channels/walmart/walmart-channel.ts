import { asChunk, asWay } from '../bounds.ts';
import type { ChannelPort, ShownLevel, Way } from '../port.ts';
import { WalmartClient, type WalmartWire } from './client.ts';
import { feedState } from './feed-state.ts';
import { sendFeed } from './feed.ts';
import { WALMART_FEED_LATE_MS, WALMART_FEED_WORTH_FROM, WALMART_QUESTIONS, WALMART_SHOWN_MAX } from './limits.ts';
import type { WalmartOptions } from './options.ts';
import { setItem } from './set-item.ts';
import { shownItem } from './shown.ts';

/** Walmart Marketplace: one item at a time, or many in a feed. A listing is the seller's SKU, a place a ship node. */
export function walmartChannel(wire: WalmartWire): ChannelPort {
  const { options } = wire;
  const client = new WalmartClient(wire);
  const ways = waysOf(options);
  return {
    ways,
    hasPlaces: options.ship_nodes === 'each',
    questions: WALMART_QUESTIONS,
    shownMax: WALMART_SHOWN_MAX,
    setLevels: async (way, levels, signal) => {
      asChunk(asWay(ways, way).levelsMax, levels);
      if (way === 'feed') return sendFeed(client, levels, options, signal);
      return Promise.all(levels.map((level) => setItem(client, level, options.ship_nodes, signal)));
    },
    progress: (receipt, signal) => feedState(client, receipt, signal),
    shown: async (listings, signal) => {
      const found = new Map<string, ShownLevel>();
      for (const listing of asChunk(WALMART_SHOWN_MAX, listings)) {
        const level = await shownItem(client, listing, options.ship_nodes, signal);
        if (level !== null) found.set(listing, level);
      }
      return found;
    },
  };
}

/** No span of the vendor's sees more calls than it allows: what may go at once is part of them. */
function waysOf({ items_per_minute, feeds_per_hour, feed_levels_max }: WalmartOptions): readonly [Way, Way] {
  const [itemBurst, feedBurst] = [Math.ceil(items_per_minute / 6), Math.ceil(feeds_per_hour / 6)];
  return [
    {
      name: 'item',
      levelsMax: 1,
      callsPerSecond: (items_per_minute - itemBurst) / 60,
      burst: itemBurst,
      worthFrom: 1,
    },
    {
      name: 'feed',
      levelsMax: feed_levels_max,
      callsPerSecond: (feeds_per_hour - feedBurst) / 3_600,
      burst: feedBurst,
      worthFrom: WALMART_FEED_WORTH_FROM,
      lateMs: WALMART_FEED_LATE_MS,
    },
  ];
}
