import { endsOfTrust } from './confidence.ts';
import type { Network } from './network.ts';
import type { Stock } from './stock.ts';
import { evidenceOf, type Moment } from './terms.ts';

/**
 * The next moment after one at which time alone changes what is offered, deadlines of reservations aside; null where
 * there is none. A window opens at its start and is closed at its end; trust ends with the age of a count.
 */
export function nextEdgeMs(stock: Stock, network: Network, moment: Moment, afterMs = moment.nowMs): number | null {
  const windows = (stock.item?.policy.quotas ?? []).flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]);
  const edges = [...windows, ...endsOfTrust(network, evidenceOf(stock, moment))];
  return earliest(...edges.filter((edgeMs) => edgeMs !== null && edgeMs > afterMs));
}

/** The first of some moments, each of which may be none. */
export function earliest(...moments: readonly (number | null)[]): number | null {
  const known = moments.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
