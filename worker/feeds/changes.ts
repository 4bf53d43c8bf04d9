import type { ChannelId, Sku } from '../../domain/ids.ts';
import { DELTA_EVENTS_MAX, DELTA_ITEMS_MAX, NEWEST_EVENTS_LOOKED_AT } from './limits.ts';

/** Events that may mean another number for a channel (R72). */
const RELEVANT = `(type = 'item.changed' OR (type = 'availability.changed' AND (json_extract(data, '$.channels') IS NULL
  OR EXISTS (SELECT 1 FROM json_each(data, '$.channels') WHERE value->>'channel' = ?1))))`;

export interface StreamEnds {
  /** The oldest event that is kept, and the newest; 0: none was ever told. */
  readonly first: number;
  readonly last: number;
  /** The newest of this channel; where it lies too far back to look for it, how far was looked. */
  readonly newest: number;
}

export async function endsOf(db: D1Database, channel: ChannelId): Promise<StreamEnds> {
  const found = await db
    .prepare(
      `WITH ends AS (SELECT coalesce(min(cursor), 0) AS first, coalesce(max(cursor), 0) AS last FROM event)
       SELECT first, last, coalesce(
         (SELECT cursor FROM event WHERE cursor > last - ?2 AND ${RELEVANT} ORDER BY cursor DESC LIMIT 1), max(0, last - ?2)) AS newest
       FROM ends`,
    )
    .bind(channel, NEWEST_EVENTS_LOOKED_AT)
    .first<StreamEnds>();
  return found ?? { first: 0, last: 0, newest: 0 };
}

/** Whether all that happened behind this event can still be read, and costs less to read than all items. */
export function isReadable(after: number, { first, last }: StreamEnds): boolean {
  return after >= first - 1 && after <= last && last - after <= DELTA_EVENTS_MAX;
}

/** Items that may have another number since then, kits of changed parts among them, in order; null: too many. */
export async function changedBetween(
  db: D1Database,
  channel: ChannelId,
  after: number,
  through: number,
): Promise<readonly Sku[] | null> {
  const { results } = await db
    .prepare(
      `WITH RECURSIVE touched(sku) AS (
         SELECT sku FROM event WHERE cursor > ?2 AND cursor <= ?3 AND sku IS NOT NULL AND ${RELEVANT}
         UNION
         SELECT component.kit FROM touched JOIN component ON component.sku = touched.sku
       )
       SELECT sku FROM touched ORDER BY sku LIMIT ?4`,
    )
    .bind(channel, after, through, DELTA_ITEMS_MAX + 1)
    .all<{ sku: Sku }>();
  return results.length > DELTA_ITEMS_MAX ? null : results.map(({ sku }) => sku);
}

/** What the system no longer calls anything by, of all that it did before these events. */
export async function namesGone(
  db: D1Database,
  system: string,
  after: number,
  through: number,
): Promise<readonly { readonly sku: Sku; readonly listing: string }[]> {
  const { results } = await db
    .prepare(
      `SELECT event.sku AS sku, gone.value->>'external_id' AS listing
       FROM event, json_each(event.data, '$.names_removed') AS gone
       WHERE cursor > ?2 AND cursor <= ?3 AND event.type = 'item.changed' AND gone.value->>'system' = ?1
         AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.kind = 'item' AND alias.system = ?1
           AND alias.external_id = gone.value->>'external_id')
       GROUP BY listing ORDER BY listing`,
    )
    .bind(system, after, through)
    .all<{ sku: Sku; listing: string }>();
  return results;
}
