import { asChunk, asWay } from '../bounds.ts';
import type { ChannelPort, Way } from '../port.ts';
import { bulkState } from './bulk-state.ts';
import { sendBulk } from './bulk.ts';
import type { AdobeWire } from './client.ts';
import { ADOBE_BULK_ITEMS_MAX, ADOBE_BULK_LATE_MS, ADOBE_BULK_WORTH_FROM, ADOBE_PAGE_MAX, ADOBE_SHOWN_MAX } from './limits.ts';
import type { AdobeOptions } from './options.ts';
import { setNow } from './set-now.ts';
import { shownItems } from './shown.ts';

/** Adobe Commerce and Magento Open Source with their inventory of several sources. A listing is a SKU, a place a source's code. */
export function adobeChannel(wire: AdobeWire): ChannelPort {
  const { options } = wire;
  const ways = waysOf(options);
  // All sources of so many fit into one page, as far as the options are right.
  const shownMax = Math.max(1, Math.min(ADOBE_SHOWN_MAX, Math.floor(ADOBE_PAGE_MAX / options.sources_max)));
  return {
    ways,
    // What became of a bulk may take two calls.
    questions: { callsPerSecond: options.calls_per_second / 2, burst: 1 },
    hasPlaces: true,
    shownMax,
    setLevels: async (way, levels, signal) => {
      asChunk(asWay(ways, way).levelsMax, levels);
      return way === 'bulk' ? sendBulk(wire, levels, signal) : setNow(wire, levels, signal);
    },
    progress: (receipt, signal) => bulkState(wire, receipt, signal),
    shown: async (listings, signal) => shownItems(wire, asChunk(shownMax, listings), signal),
  };
}

function waysOf(options: AdobeOptions): readonly [Way, ...Way[]] {
  const { sources_max, items_per_call, calls_per_second, bulk, bulks_per_minute, bulk_levels_max } = options;
  const now: Way = {
    name: 'now',
    levelsMax: Math.max(1, Math.floor(items_per_call / sources_max)),
    callsPerSecond: calls_per_second,
    burst: 1,
    worthFrom: 1,
  };
  const many: Way = {
    name: 'bulk',
    levelsMax: Math.min(bulk_levels_max, Math.floor(ADOBE_BULK_ITEMS_MAX / sources_max)),
    callsPerSecond: bulks_per_minute / 60,
    burst: 1,
    worthFrom: ADOBE_BULK_WORTH_FROM,
    lateMs: ADOBE_BULK_LATE_MS,
  };
  return bulk ? [now, many] : [now];
}
