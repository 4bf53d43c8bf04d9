import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { SourceId } from '../../domain/ids.ts';
import type { Watch } from '../../domain/trouble.ts';
import { connectionWatch } from './schema.ts';

export type ConnectionWatch = Readonly<typeof connectionWatch.$inferSelect>;

export async function watchOf(db: D1Database, connection: SourceId): Promise<ConnectionWatch | null> {
  const [row] = await drizzle(db).select().from(connectionWatch).where(eq(connectionWatch.connection, connection));
  return row ?? null;
}

/** How far a run read the feed: to its end, or up to what happened then. */
export async function noteFeedRead(
  db: D1Database,
  connection: SourceId,
  read: { readonly endAtMs: number } | { readonly newestMs: number },
): Promise<void> {
  const set = 'endAtMs' in read ? { feedReadAtMs: read.endAtMs, unreadFromMs: null } : { unreadFromMs: read.newestMs };
  await drizzle(db)
    .insert(connectionWatch)
    .values({ connection, ...set })
    .onConflictDoUpdate({ target: connectionWatch.connection, set });
}

/** Keeps what a look found. Where trouble began or ended, the network has a new version in the same transaction. */
export async function noteWatch(db: D1Database, connection: SourceId, watch: Watch): Promise<void> {
  const { feedSinceMs, laneSinceMs } = watch;
  await db.batch([
    db.prepare(RAISE_NETWORK).bind(connection, feedSinceMs, laneSinceMs),
    db
      .prepare(
        `INSERT INTO connection_watch (connection, feed_since_ms, lane_since_ms, watch) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (connection) DO UPDATE SET
           feed_since_ms = excluded.feed_since_ms, lane_since_ms = excluded.lane_since_ms, watch = excluded.watch`,
      )
      .bind(connection, feedSinceMs, laneSinceMs, JSON.stringify(watch)),
  ]);
}

const RAISE_NETWORK = `
  UPDATE network_version SET version = version + 1
  WHERE iif(
    EXISTS (SELECT 1 FROM connection_watch WHERE connection = ?1),
    EXISTS (SELECT 1 FROM connection_watch WHERE connection = ?1 AND (feed_since_ms IS NOT ?2 OR lane_since_ms IS NOT ?3)),
    ?2 IS NOT NULL OR ?3 IS NOT NULL
  )`;
