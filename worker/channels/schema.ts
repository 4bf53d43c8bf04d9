import { sql } from 'drizzle-orm';
import { check, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { ON_DRIFT, OUTLET_ADAPTERS, type OutletRequest } from '../../contracts/outlets.ts';
import type { ChannelId } from '../../domain/ids.ts';

/** How channels are told their numbers; a channel without a row is told nothing. */
export const outlet = sqliteTable(
  'outlet',
  {
    channel: text('channel').$type<ChannelId>().primaryKey(),
    adapter: text('adapter', { enum: OUTLET_ADAPTERS }).notNull(),
    options: text('options', { mode: 'json' }).$type<OutletRequest['options']>().notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    limits: text('limits', { mode: 'json' }).$type<OutletRequest['limits']>().notNull(),
    onDrift: text('on_drift', { enum: ON_DRIFT }).notNull(),
    /** When somebody asked last for a reading of all that it shows. */
    readBackAskedAtMs: integer('read_back_asked_at_ms'),
    version: integer('version').notNull(),
  },
  () => [check('outlet_options', sql`json_valid(options)`), check('outlet_limits', sql`json_valid(limits)`)],
);

/** What adapters sign in with, sealed under the deployment's own secret and for their channel. */
export const outletCredentials = sqliteTable('outlet_credentials', {
  channel: text('channel').$type<ChannelId>().primaryKey(),
  sealed: text('sealed').notNull(),
  setAtMs: integer('set_at_ms').notNull(),
});
