import type { ChannelId, Sku } from '../../domain/ids.ts';
import { listingsOf, type ChannelNames } from '../listings/channel-names.ts';
import { jsonPages } from '../read-models/json-pages.ts';
import { EVENTS, NEWEST_CURSOR, OLDEST_CURSOR } from '../read-models/event-tables.ts';
import { DELTA_EVENTS_MAX, DELTA_ITEMS_MAX, NEWEST_EVENTS_LOOKED_AT } from './limits.ts';

/** Events that may mean another number for a channel (R72). */
const RELEVANT = `(type = 'item.changed' OR (type = 'availability.changed' AND (json_extract(data, '$.channels') IS NULL
  OR EXISTS (SELECT 1 FROM json_each(data, '$.channels') WHERE value->>'channel' = ?1))))`;

export interface StreamEnds {
  /** The oldest event that is kept, and the newest; 0: none was ever told. */
  readonly first: number;
  readonly last: number;
  /** The newest of this channel; where it lies too far back to look for it, or is kept no longer, how far was looked. */
  readonly newest: number;
}

export async function endsOf(db: D1Database, channel: ChannelId): Promise<StreamEnds> {
  const found = await db
    .prepare(
      `WITH ends AS (SELECT coalesce(${OLDEST_CURSOR}, 0) AS first, coalesce(${NEWEST_CURSOR}, 0) AS last)
       SELECT first, last, coalesce(
         (SELECT cursor FROM ${EVENTS} WHERE cursor > last - ?2 AND ${RELEVANT} ORDER BY cursor DESC LIMIT 1), max(0, first - 1, last - ?2)) AS newest
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

/** Items that may have another number since then, kits of changed parts among them, in order; null: too many, or no longer kept. */
export async function changedBetween(
  db: D1Database,
  channel: ChannelId,
  after: number,
  through: number,
): Promise<readonly Sku[] | null> {
  const query = db
    .prepare(
      `WITH RECURSIVE touched(sku) AS (
         SELECT sku FROM ${EVENTS} WHERE cursor > ?2 AND cursor <= ?3 AND sku IS NOT NULL AND ${RELEVANT}
         UNION
         SELECT component.kit FROM touched JOIN component ON component.sku = touched.sku
       )
       SELECT sku FROM touched ORDER BY sku LIMIT ?4`,
    )
    .bind(channel, after, through, DELTA_ITEMS_MAX + 1);
  const results = await whileKept<{ readonly sku: Sku }>(db, query, after);
  return results === null || results.length > DELTA_ITEMS_MAX ? null : results.map(({ sku }) => sku);
}

/** What is read of the events behind this one; null: they were let go of after somebody saw that they are readable. */
async function whileKept<Row>(db: D1Database, query: D1PreparedStatement, after: number): Promise<readonly Row[] | null> {
  const [oldest, found] = await db.batch([db.prepare(`SELECT coalesce(${OLDEST_CURSOR}, 0) AS first`), query]);
  const { first } = (oldest?.results[0] ?? { first: 0 }) as { readonly first: number };
  return after < first - 1 ? null : ((found?.results ?? []) as Row[]);
}

/** A name under which a channel may list an item that is told under it no more. */
export interface GoneName {
  readonly sku: Sku;
  readonly listing: string;
}

export interface NamesChanged {
  readonly gone: ReadonlyMap<Sku, readonly GoneName[]>;
  /** Items that have another name since then: what is told under it may have been told of another item, which was elsewhere. */
  readonly renamed: ReadonlySet<Sku>;
}

/**
 * Under which names a channel that was told of these items since then, or was being told while they changed, may list what is told
 * no more: a name that its system took away at any time, or our SKU, where for any time there was no name and now there is one.
 */
export async function namesChanged(
  db: D1Database,
  { system, ownNames }: Pick<ChannelNames, 'system' | 'ownNames'>,
  changed: readonly Sku[],
  after: number,
): Promise<NamesChanged> {
  const changes = Map.groupBy(await nameChanges(db, system, after), ({ sku }) => sku);
  const skus = changed.filter((sku) => changes.has(sku));
  const now = await listingsOf(db, skus, { system, ownNames: false });
  const gone = skus.flatMap((sku) => {
    const names = now.get(sku) ?? [];
    const { ever, wasNameless } = heldBefore(names, changes.get(sku) ?? []);
    const listedAsSku = ownNames && wasNameless && names.length > 0;
    return [...ever, ...(listedAsSku ? [sku] : [])].map((listing) => ({ sku, listing }));
  });
  const used = await namesAmong(db, system, gone);
  // What is told under our own SKU in this very answer has a number there.
  const nameless = new Set<string>(ownNames ? changed : []);
  for (const [sku, names] of await listingsOf(db, alike(gone, nameless), { system, ownNames: false }))
    if (names.length > 0) nameless.delete(sku);
  const unused = gone.filter(({ listing }) => !used.has(listing) && !nameless.has(listing));
  return { gone: Map.groupBy(unused, ({ sku }) => sku), renamed: new Set(skus) };
}

function alike(gone: readonly GoneName[], changed: ReadonlySet<string>): readonly Sku[] {
  return gone.flatMap(({ listing }) => (changed.has(listing) ? [listing as Sku] : []));
}

/** From its names of now back to those of then, event by event: each that it ever had meanwhile, and whether it ever had none. */
function heldBefore(
  now: readonly string[],
  changes: readonly NameChange[],
): { readonly ever: ReadonlySet<string>; readonly wasNameless: boolean } {
  const held = new Set(now);
  const ever = new Set(now);
  let wasNameless = held.size === 0;
  for (const { added, removed } of changes) {
    for (const name of added) held.delete(name);
    for (const name of removed) {
      held.add(name);
      ever.add(name);
    }
    wasNameless ||= held.size === 0;
  }
  return { ever, wasNameless };
}

interface NameChange {
  readonly sku: Sku;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The names of this system that items got and lost, event by event, the newest first. */
async function nameChanges(db: D1Database, system: string, after: number): Promise<readonly NameChange[]> {
  const of = (field: string): string =>
    `(SELECT json_group_array(name.value->>'external_id') FROM json_each(event.data, '$.${field}') AS name
      WHERE name.value->>'system' = ?1)`;
  const query = db
    .prepare(
      `SELECT * FROM (SELECT sku, cursor, ${of('names_added')} AS added, ${of('names_removed')} AS removed
       FROM ${EVENTS} AS event WHERE cursor > ?2 AND type = 'item.changed') WHERE added <> '[]' OR removed <> '[]' ORDER BY cursor DESC`,
    )
    .bind(system, after);
  const results = await whileKept<{ readonly sku: Sku; readonly added: string; readonly removed: string }>(db, query, after);
  // The answer has begun, so it breaks off; whoever asks again hears everything.
  if (results === null) throw new Error('The events that a delta rests on were let go of while it was told.');
  return results.map(({ sku, added, removed }) => ({ sku, added: namesIn(added), removed: namesIn(removed) }));
}

// The database wrote it.
function namesIn(text: string): readonly string[] {
  return JSON.parse(text);
}

/** Those by which the system means something now. */
async function namesAmong(db: D1Database, system: string, gone: readonly GoneName[]): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const page of jsonPages(gone)) {
    const { results } = await db
      .prepare(
        `SELECT external_id AS name FROM alias
         WHERE kind = 'item' AND system = ?1 AND external_id IN (SELECT value->>'listing' FROM json_each(?2))`,
      )
      .bind(system, page)
      .all<{ name: string }>();
    for (const { name } of results) used.add(name);
  }
  return used;
}
