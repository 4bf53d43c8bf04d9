import type { Stock } from './stock.ts';

/**
 * The next moment after this one at which time alone changes what is offered, deadlines of reservations aside; null
 * where there is none. A window opens at its start and is closed at its end.
 */
export function nextEdgeMs(stock: Stock, afterMs: number): number | null {
  const edges = (stock.item?.policy.quotas ?? []).flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]);
  return earliest(...edges.filter((edgeMs) => edgeMs !== null && edgeMs > afterMs));
}

/** The first of some moments, each of which may be none. */
export function earliest(...moments: readonly (number | null)[]): number | null {
  const known = moments.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
