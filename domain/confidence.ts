import type { Channel, Confidence, Network, Trouble } from './network.ts';

/** What the numbers of a stock rest on, at the moment for which they were asked. */
export interface Evidence {
  readonly asOfMs: number;
  /** Up to when the newest count of the item knew; null: nobody ever counted. */
  readonly countedAtMs: number | null;
  /** Since when the oldest posting waits that the ERP has not confirmed; null: none does. */
  readonly waitingSinceMs: number | null;
}

/** Why a channel does not trust a number. */
export const DOUBTS = ['count_age', 'erp_silence', 'feed_lag', 'lane_open'] as const;
export type Doubt = (typeof DOUBTS)[number];

/** By how many units the channel's offer shrinks while it does not trust the numbers, of so many that there are. */
export function shrunkOf(
  channel: Channel,
  evidence: Evidence | undefined,
  units: number,
  trouble: Trouble | null = null,
): number {
  if (units <= 0 || doubtsOf(channel, evidence, trouble).length === 0) return 0;
  return Math.ceil((units * (channel.confidence?.shrinkPercent ?? 0)) / 100);
}

/** Everything that the channel finds amiss with these numbers; nothing of a number that was told before there were doubts. */
export function doubtsOf(
  { confidence = null }: Channel,
  evidence: Evidence | undefined,
  trouble: Trouble | null,
): readonly Doubt[] {
  if (confidence === null || evidence === undefined) return [];
  const { asOfMs, countedAtMs, waitingSinceMs } = evidence;
  const isOver = (endMs: number | null): boolean => endMs !== null && asOfMs >= endMs;
  const ends = endsOf(confidence, { countedAtMs, waitingSinceMs }, trouble);
  const uncounted = confidence.countAgeSeconds !== null && countedAtMs === null;
  return DOUBTS.filter((doubt) => isOver(ends[doubt]) || (doubt === 'count_age' && uncounted));
}

/** The moments at which some channel stops trusting these numbers, if nothing happens before; null: it does not. */
export function endsOfTrust(
  { channels, trouble = null }: Network,
  evidence: Omit<Evidence, 'asOfMs'>,
): readonly (number | null)[] {
  return channels.flatMap(({ confidence = null }) =>
    confidence === null ? [] : Object.values(endsOf(confidence, evidence, trouble)),
  );
}

/** Whom the numbers do not satisfy: when that changes, so do the offers. */
export function mistrusting({ channels, trouble = null }: Network, evidence: Evidence): readonly Channel['id'][] {
  return channels.flatMap((channel) => (doubtsOf(channel, evidence, trouble).length === 0 ? [] : [channel.id]));
}

/** When each doubt begins; null: it does not. */
function endsOf(
  { countAgeSeconds, erpSilenceSeconds, feedLagSeconds, laneOpenSeconds }: Confidence,
  { countedAtMs, waitingSinceMs }: Omit<Evidence, 'asOfMs'>,
  trouble: Trouble | null,
): Readonly<Record<Doubt, number | null>> {
  return {
    count_age: sum(countedAtMs, countAgeSeconds),
    erp_silence: sum(waitingSinceMs, erpSilenceSeconds),
    feed_lag: sum(trouble?.feedSinceMs, feedLagSeconds),
    lane_open: sum(trouble?.laneSinceMs, laneOpenSeconds),
  };
}

function sum(fromMs: number | null | undefined, seconds: number | null | undefined): number | null {
  return typeof fromMs === 'number' && typeof seconds === 'number' ? fromMs + seconds * 1_000 : null;
}
