import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Watch } from '../../domain/trouble.ts';

/** How each ERP connection is: one row, looked at once a minute. Its trouble travels with the network (R52). */
export const connectionWatch = sqliteTable('connection_watch', {
  connection: text('connection').primaryKey(),
  feedReadAtMs: integer('feed_read_at_ms'),
  /** While its feed holds more than was read: when what was read last had happened. */
  unreadFromMs: integer('unread_from_ms'),
  feedSinceMs: integer('feed_since_ms'),
  laneSinceMs: integer('lane_since_ms'),
  watch: text('watch', { mode: 'json' }).$type<Watch>(),
});
