import { EVENTS_LOOKED_AT_MAX, EMPTY_PAGES_MAX } from '../../contracts/limits.ts';
import type { EventType } from '../../contracts/events.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { EVENTS, NEWEST_CURSOR, OLDEST_CURSOR, recordedBehind } from './event-tables.ts';
import type { event } from './schema.ts';

export type EventRow = Readonly<typeof event.$inferSelect>;

export interface EventsAsked {
  /** The last that was read; 0 before the first. */
  readonly after: number;
  /** null: all. */
  readonly types: readonly EventType[] | null;
  readonly reader: Reader;
  readonly limit: number;
}

/** Whose events are read: a channel's own; without a channel and without being an administrator, those of no reservation. */
export type Reader = { readonly who: 'everybody' | 'no_channel' } | { readonly who: 'channel'; readonly channel: ChannelId };

export interface EventPage {
  readonly items: readonly EventRow[];
  /** Everything up to here was read. */
  readonly through: number;
}

/** null: what came behind `after` is no longer kept, or never was. */
export async function eventPage(db: D1Database, asked: EventsAsked): Promise<EventPage | null> {
  let page = await stretchOf(db, asked);
  for (let empty = 1; page !== null && page.items.length === 0 && !page.ended && empty < EMPTY_PAGES_MAX; empty += 1) {
    page = await stretchOf(db, { ...asked, after: page.through });
  }
  return page;
}

/** Where to go on from a place that is no longer in the stream: before the oldest that is kept, or at its end, should it be shorter now. */
export async function nearestKept(db: D1Database, after: number): Promise<number> {
  const { first, last } = await boundsOf(db);
  return after > last ? last : first;
}

/** Behind which event those lie that were recorded from this moment on. Events are many and in order, so it is halved down to. */
export async function cursorBefore(db: D1Database, atMs: number): Promise<number> {
  let { first, last } = await boundsOf(db);
  const recorded = db.prepare(`SELECT ${recordedBehind('?1 - 1')} AS at`);
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if (((await recorded.bind(middle).first<number>('at')) ?? atMs) < atMs) first = middle;
    else last = middle - 1;
  }
  return first;
}

/** Behind which the oldest lies that is kept. */
export async function oldestKept(db: D1Database): Promise<number> {
  return (await boundsOf(db)).first;
}

export async function newestEvent(db: D1Database): Promise<number> {
  return (await boundsOf(db)).last;
}

/** Behind `first` and up to `last` lie those that are kept. */
async function boundsOf(db: D1Database): Promise<{ readonly first: number; readonly last: number }> {
  const bounds = db.prepare(`SELECT coalesce(${OLDEST_CURSOR}, 1) - 1 AS first, coalesce(${NEWEST_CURSOR}, 0) AS last`);
  return (await bounds.first<{ first: number; last: number }>()) ?? { first: 0, last: 0 };
}

/** Looks at so many rows at most, however few of them are wanted. */
async function stretchOf(
  db: D1Database,
  { after, types, reader, limit }: EventsAsked,
): Promise<(EventPage & { readonly ended: boolean }) | null> {
  const until = after + EVENTS_LOOKED_AT_MAX;
  // One transaction: what is committed between two statements would be skipped by a cursor behind it.
  const [bounds, found] = await db.batch([
    db.prepare(`SELECT ${OLDEST_CURSOR} AS first, ${NEWEST_CURSOR} AS last`),
    db
      .prepare(SELECT[reader.who])
      .bind(after, until, types === null ? null : JSON.stringify(types), limit, reader.who === 'channel' ? reader.channel : null),
  ]);
  const { first, last } = (bounds?.results[0] ?? {}) as { readonly first: number | null; readonly last: number | null };
  if (after > (last ?? 0) || (after > 0 && first !== null && after < first - 1)) return null;

  const items = (found?.results ?? []) as EventRow[];
  const ended = items.length < limit && until >= (last ?? 0);
  const lookedAt = Math.min(until, last ?? 0);
  return { items, ended, through: items.length < limit ? lookedAt : (items.at(-1)?.cursor ?? lookedAt) };
}

const OF_TYPE = '(?3 IS NULL OR type IN (SELECT value FROM json_each(?3)))';
const COLUMNS = 'cursor, sku, sequence, type, channel, at_ms AS atMs, recorded_at_ms AS recordedAtMs, data';
const select = (whose: string): string =>
  `SELECT ${COLUMNS} FROM ${EVENTS} WHERE cursor > ?1 AND cursor <= ?2 AND ${OF_TYPE} AND ${whose} ORDER BY cursor LIMIT ?4`;

const SELECT = {
  everybody: select('?5 IS NULL'),
  no_channel: select("?5 IS NULL AND type NOT LIKE 'reservation.%'"),
  channel: select(`(channel = ?5 OR (type LIKE 'availability.%' AND (json_extract(data, '$.channels') IS NULL
    OR EXISTS (SELECT 1 FROM json_each(data, '$.channels') WHERE value->>'channel' = ?5))))`),
} as const;
