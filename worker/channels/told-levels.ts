import { isConfirmed } from '../../domain/channel-lane/entry.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { LaneSummary } from '../../durable-objects/channel-lane/protocol.ts';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { ChannelParts } from './tell-channel.ts';

/** What a channel was told of an item, as its lane knows. */
export interface ToldLevel {
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly listing: string;
  readonly quantity: number;
  /** Up to when the lane knows of changes; null: it began anew since. */
  readonly followedAtMs: number | null;
  /** null: not yet. */
  readonly sentAtMs: number | null;
  readonly confirmedAtMs: number | null;
}

/** A lane that cannot be asked tells nothing. */
export async function toldLevels(
  { outlets, laneOf }: Pick<ChannelParts, 'outlets' | 'laneOf'>,
  skus: readonly Sku[],
): Promise<readonly ToldLevel[]> {
  const told = (await outlets.enabled()).map(async ({ channel }): Promise<readonly ToldLevel[]> => {
    const lane = laneOf(channel);
    const [{ followedAtMs }, { items }] = await Promise.all([
      lane.seen(),
      lane.levels({ skus, state: null, after: '', limit: PAGE_ITEMS_MAX }),
    ]);
    return items.map(({ entry }) => {
      const { sku, listing, wanted, shown, onTheWay } = entry;
      const sent = onTheWay.find(({ version }) => version === wanted.version);
      const confirmedAtMs = isConfirmed(entry) ? (shown?.atMs ?? null) : null;
      const sentAtMs = sent?.sentAtMs ?? (confirmedAtMs === null ? null : (shown?.sentAtMs ?? confirmedAtMs));
      return { channel, sku, listing, quantity: wanted.quantity, followedAtMs, sentAtMs, confirmedAtMs };
    });
  });
  return (await Promise.all(told.map((one) => one.catch(() => [])))).flat();
}

export interface SeenLane {
  readonly channel: ChannelId;
  readonly lane: LaneSummary;
}

export async function seenLanes({ outlets, laneOf }: Pick<ChannelParts, 'outlets' | 'laneOf'>): Promise<readonly SeenLane[]> {
  const seen = (await outlets.enabled()).map(async ({ channel }) => [{ channel, lane: await laneOf(channel).seen() }]);
  return (await Promise.all(seen.map((one) => one.catch(() => [])))).flat();
}
