import * as z from 'zod';
import { jsonIn } from '../../exchange/reply-text.ts';
import { asChunk, asWay } from '../bounds.ts';
import type { ChannelPort, Level, Progress, SetOutcome, Way } from '../port.ts';
import { AmazonClient, type AmazonWire } from './client.ts';
import { progressOfFeed, sendFeed } from './feeds.ts';
import { isSendable, patchItem, progressOfItem, shownItems } from './listings.ts';
import {
  AMAZON_FEED_LATE_MS,
  AMAZON_FEEDS,
  AMAZON_ITEM_PATIENCE_MS,
  AMAZON_ITEM_LOOK_MS,
  AMAZON_PATCHES,
  AMAZON_QUESTIONS,
  AMAZON_SHOWN_MAX,
} from './limits.ts';

/** What a receipt says, so that any instance can follow it up. */
const receipt = z.union([
  z.strictObject({ feed: z.string() }),
  z.strictObject({ sku: z.string(), quantity: z.int(), sinceMs: z.int() }),
]);

const UNSENDABLE: SetOutcome = {
  outcome: 'refused',
  code: 'unsendable_sku',
  detail: 'This SKU cannot stand in an address.',
};

/**
 * A seller's own stock at Amazon: one item at a time by a patch of its listing, many by a file. A listing is the seller's SKU;
 * there are no places. One instance is for one run of a job.
 */
export function amazonChannel(wire: AmazonWire): ChannelPort {
  const { options, nowMs } = wire;
  const client = new AmazonClient(wire);
  const listing = {
    name: 'listing',
    levelsMax: 1,
    callsPerSecond: options.patches_per_second,
    burst: AMAZON_PATCHES.burst,
    worthFrom: 1,
    lateMs: AMAZON_ITEM_PATIENCE_MS,
  } as const satisfies Way;
  const feed = {
    name: 'feed',
    levelsMax: options.feed_levels_max,
    ...AMAZON_FEEDS,
    worthFrom: options.feed_worth_from,
    lateMs: AMAZON_FEED_LATE_MS,
  } as const satisfies Way;

  async function setOne(level: Level, signal: AbortSignal): Promise<SetOutcome> {
    const outcome = await patchItem(client, options, level, signal);
    if (outcome !== null) return outcome;
    const { listing: sku, quantity } = level;
    return { outcome: 'accepted', receipt: JSON.stringify({ sku, quantity, sinceMs: nowMs() }), askAfterMs: AMAZON_ITEM_LOOK_MS };
  }

  async function send(way: string, levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]> {
    if (way === feed.name) return sendFeed(client, options, levels, (id) => JSON.stringify({ feed: id }), signal);
    return Promise.all(levels.map((level) => setOne(level, signal)));
  }

  return {
    ways: [listing, feed],
    questions: AMAZON_QUESTIONS,
    hasPlaces: false,
    shownMax: AMAZON_SHOWN_MAX,
    setLevels: async (name, levels, signal) => {
      const way = asWay([listing, feed], name);
      const sendable = asChunk(way.levelsMax, levels).filter((level) => isSendable(level.listing));
      const sent = sendable.length === 0 ? [] : await send(way.name, sendable, signal);
      const outcomes = new Map(sendable.map((level, index) => [level, sent[index]]));
      return levels.map((level) => outcomes.get(level) ?? UNSENDABLE);
    },
    progress: async (text, signal): Promise<Progress> => {
      const parsed = receipt.safeParse(jsonIn(text));
      if (!parsed.success) return { done: true, lost: 'This is no receipt of ours.' };
      if ('feed' in parsed.data) return progressOfFeed(client, parsed.data.feed, signal);
      return progressOfItem(client, options, parsed.data, nowMs(), signal);
    },
    shown: async (listings, signal) => {
      const skus = asChunk(AMAZON_SHOWN_MAX, listings);
      return skus.length === 0 ? new Map() : shownItems(client, options, skus, signal);
    },
  };
}
