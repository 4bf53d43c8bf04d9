import type { Explanation } from '../../contracts/availability.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { offeredWhole, type Kit } from '../../domain/kit.ts';
import { channelOf, type Network } from '../../domain/network.ts';
import { offer } from '../../domain/offer.ts';
import { datesOf, offerBy } from '../../domain/promise.ts';
import type { Explained } from '../../durable-objects/sku-stock/protocol.ts';
import { connectionReply, explainReply } from './explain-reply.ts';
import { showsReply } from './shows-reply.ts';
import { written } from './written.ts';

export interface ExplainedKit {
  readonly sku: Sku;
  readonly kit: Kit;
  readonly policyVersion: number;
  readonly parts: readonly { readonly units: number; readonly explained: Explained; readonly policyVersion: number }[];
}

/**
 * A kit has no stock, so its own terms only say how many there could be of it and how many of these would be backordered;
 * what they come from is told part by part.
 */
export function explainKitReply(
  { sku, kit, policyVersion, parts }: ExplainedKit,
  {
    network,
    channel,
    feedReadAtMs,
  }: { readonly network: Network; readonly channel: ChannelId; readonly feedReadAtMs: number | null },
): Explanation {
  const offered = parts.map(({ units, explained }) => ({ units, offered: offer(explained.snapshot.terms, network, channel) }));
  const { availableToSell } = offeredWhole(offered, null, kit);
  const unstopped = offeredWhole(offered, null, { ...kit, stopSell: false });
  const dates = new Set(parts.flatMap(({ explained }) => datesOf(explained.expected ?? [], network, channel)));
  const offeredBy = (atMs: number): number =>
    offeredWhole(
      parts.map(({ units, explained: { snapshot, expected = [] } }) => {
        return { units, offered: offerBy(atMs, snapshot.terms, expected, network, channel) };
      }),
      null,
      kit,
    ).availableToSell;
  const snapshots = parts.map(({ explained }) => explained.snapshot);
  return {
    sku,
    channel,
    available_to_sell: availableToSell,
    sequence: snapshots.reduce((total, { sequence }) => total + sequence, 0),
    as_of: written(Math.min(...snapshots.map(({ asOfMs }) => asOfMs))),
    stock: unstopped.firm,
    withheld: 0,
    debt: 0,
    backordered: 0,
    buffer: 0,
    shrunk: 0,
    backorder_limit: unstopped.availableToSell - unstopped.firm,
    cap: null,
    consumed: 0,
    stop_sell: kit.stopSell || (channelOf(network, channel)?.stopSell ?? false),
    locations: [],
    available_to_promise: [...dates]
      .sort((a, b) => a - b)
      .map((atMs) => ({ expected_at: written(atMs), quantity: offeredBy(atMs) })),
    policy_version: policyVersion,
    reservations: [],
    next_cursor: null,
    last_count: null,
    postings_in_flight: 0,
    counted_at: null,
    waiting_since: null,
    ...connectionReply(network, feedReadAtMs),
    doubts: [],
    shows: showsReply(
      { sku, kit, parts: parts.map(({ units, explained }) => ({ units, snapshot: explained.snapshot })) },
      network,
      channel,
    ),
    components: parts.map(({ units, explained, policyVersion: version }) => {
      const whole = explainReply(explained, { network, channel, policyVersion: version, feedReadAtMs, cursor: null });
      const { reservations: _reservations, next_cursor: _cursor, components: _components, shows: _shows, ...terms } = whole;
      return { ...terms, factor: units };
    }),
  };
}
