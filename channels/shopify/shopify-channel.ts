import { asChunk, asWay } from '../bounds.ts';
import { ChannelUnavailable, type ChannelPort, type Level, type SetOutcome, type ShownLevel } from '../port.ts';
import { ShopifyClient, type ShopifyWire } from './client.ts';
import { gidOf } from './ids.ts';
import {
  SHOPIFY_CALLS_PER_SECOND,
  SHOPIFY_QUANTITIES_MAX,
  SHOPIFY_QUESTIONS,
  SHOPIFY_QUESTIONS_AT_ONE_PLACE,
  SHOPIFY_SHOWN_MAX,
} from './limits.ts';
import { chunksOf, entryOf, type Entry } from './quantities.ts';
import { setQuantities, type SetContext } from './set-quantities.ts';
import { shownBy } from './shown.ts';

/**
 * A shop of Shopify's, told by `inventorySetQuantities` what is available. A listing is the number of an inventory item, a place
 * that of a location. One instance is for one run of a job.
 */
export function shopifyChannel(wire: ShopifyWire): ChannelPort {
  const { options, nowMs } = wire;
  const client = new ShopifyClient(wire);
  const location = options.location === undefined ? null : gidOf('Location', options.location);
  const context: SetContext = { client, reason: options.reason, nowMs };
  const way = {
    name: 'call',
    levelsMax: SHOPIFY_QUANTITIES_MAX,
    callsPerSecond: options.calls_per_second,
    burst: options.burst,
    worthFrom: 1,
  } as const;
  const { callsPerSecond, burst } = location === null ? SHOPIFY_QUESTIONS : SHOPIFY_QUESTIONS_AT_ONE_PLACE;
  const plan = options.calls_per_second / SHOPIFY_CALLS_PER_SECOND;
  return {
    ways: [way],
    questions: { callsPerSecond: callsPerSecond * plan, burst },
    hasPlaces: location === null,
    shownMax: SHOPIFY_SHOWN_MAX,
    setLevels: async (name, levels, signal) => {
      asWay([way], name);
      const outcomes = await setAll(context, location, asChunk(way.levelsMax, levels), signal);
      return toldWhatIsShown(client, location, levels, outcomes, signal);
    },
    // Whatever Shopify takes is set at once, so it gives no receipts.
    progress: async () => ({ done: true, lost: 'Shopify gives no receipts.' }),
    shown: async (listings, signal) => shownBy(client, location, asChunk(SHOPIFY_SHOWN_MAX, listings), signal),
  };
}

async function setAll(
  context: SetContext,
  location: string | null,
  levels: readonly Level[],
  signal: AbortSignal,
): Promise<readonly SetOutcome[]> {
  const made = levels.map((level, index) => entryOf(level, index, location));
  const entries = made.filter((one): one is Entry => !('outcome' in one));
  const outcomes = new Map<number, SetOutcome>();
  for (const chunk of chunksOf(entries))
    for (const [index, outcome] of await setQuantities(context, chunk, signal)) outcomes.set(index, outcome);
  return made.map((one, index) => {
    if ('outcome' in one) return one;
    return outcomes.get(index) ?? { outcome: 'unknown', detail: 'Shopify was not asked.' };
  });
}

/** Shopify says that it shows something else, and not what; so it is asked, for whoever sets next needs to know. */
async function toldWhatIsShown(
  client: ShopifyClient,
  location: string | null,
  levels: readonly Level[],
  outcomes: readonly SetOutcome[],
  signal: AbortSignal,
): Promise<readonly SetOutcome[]> {
  const stale = levels.filter((_, index) => outcomes[index]?.outcome === 'stale').map(({ listing }) => listing);
  if (stale.length === 0) return outcomes;
  // Without an answer they stay unsaid.
  const shown = await shownBy(client, location, stale.slice(0, SHOPIFY_SHOWN_MAX), signal).catch((error: unknown) => {
    if (error instanceof ChannelUnavailable) return new Map<string, ShownLevel>();
    throw error;
  });
  return outcomes.map((outcome, index) => {
    if (outcome.outcome !== 'stale') return outcome;
    return { outcome: 'stale', shown: shown.get(levels[index]?.listing ?? '') ?? null };
  });
}
