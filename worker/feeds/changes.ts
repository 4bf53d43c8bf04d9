import type { ChannelId, Sku } from '../../domain/ids.ts';
import { listingsOf, type ChannelNames } from '../listings/channel-names.ts';
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

interface Listed {
  readonly sku: Sku;
  readonly listing: string;
}

/**
 * What a channel that was told all until then may list under a name by which it is no longer told anything: a name that its
 * system took from an item, or our SKU, since a channel that had none of its own for an item has one now.
 */
export async function namesGone(
  db: D1Database,
  names: Pick<ChannelNames, 'system' | 'ownNames'>,
  after: number,
  through: number,
): Promise<readonly Listed[]> {
  const changes = await nameChanges(db, names.system, after, through);
  const skus = [...new Set(changes.map(({ sku }) => sku))];
  const now = await listingsOf(db, skus, { system: names.system, ownNames: false });
  const gone: Listed[] = [];
  for (const sku of skus) {
    const own = changes.filter((one) => one.sku === sku);
    // A name that first was taken away was there when all was told; so was one of which nothing is said.
    const had = own.filter(({ removed }) => removed === 1);
    const kept = (now.get(sku) ?? []).filter((name) => !own.some(({ listing }) => listing === name));
    gone.push(...had);
    const listedAsSku = names.ownNames && had.length === 0 && kept.length === 0;
    if (listedAsSku && (now.get(sku) ?? []).length > 0) gone.push({ sku, listing: sku });
  }
  const used = await namesAmong(db, names.system, gone);
  return gone.filter(({ listing }) => !used.has(listing)).map(({ sku, listing }) => ({ sku, listing }));
}

/** Each name that an item got or lost, once, with what happened to it first. */
async function nameChanges(
  db: D1Database,
  system: string,
  after: number,
  through: number,
): Promise<readonly (Listed & { readonly removed: 0 | 1 })[]> {
  const of = (field: string, removed: 0 | 1): string =>
    `SELECT cursor, sku, name.value->>'external_id' AS listing, ${removed} AS removed
     FROM event, json_each(event.data, '$.${field}') AS name
     WHERE cursor > ?2 AND cursor <= ?3 AND event.type = 'item.changed' AND name.value->>'system' = ?1`;
  const { results } = await db
    .prepare(
      `SELECT sku, listing, removed, min(cursor) FROM (${of('names_removed', 1)} UNION ALL ${of('names_added', 0)})
       GROUP BY sku, listing ORDER BY sku, listing`,
    )
    .bind(system, after, through)
    .all<Listed & { removed: 0 | 1 }>();
  return results;
}

/** Those by which the system means something now. */
async function namesAmong(db: D1Database, system: string, listed: readonly Listed[]): Promise<ReadonlySet<string>> {
  const { results } = await db
    .prepare(
      `SELECT external_id AS name FROM alias
       WHERE kind = 'item' AND system = ?1 AND external_id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(system, JSON.stringify(listed.map(({ listing }) => listing)))
    .all<{ name: string }>();
  return new Set(results.map(({ name }) => name));
}
