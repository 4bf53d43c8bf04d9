import { sql } from 'drizzle-orm';
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { EventType } from '../../contracts/events.ts';
import type { ChannelId } from '../../domain/ids.ts';

/** What a webhook signs with: sealed, so that whoever reads this table can sign nothing. */
export interface SealedSecret {
  readonly sealed: string;
  readonly createdAtMs: number;
  /** null: until there is a newer one. */
  readonly expiresAtMs: number | null;
}

/** Addresses that are told of events. How far each was told is in its object. */
export const webhook = sqliteTable(
  'webhook',
  {
    id: text('id').primaryKey(),
    url: text('url').notNull(),
    /** null: all. */
    types: text('types', { mode: 'json' }).$type<readonly EventType[]>(),
    /** null: it hears of all. */
    channel: text('channel').$type<ChannelId>(),
    /** The newest first. */
    secrets: text('secrets', { mode: 'json' }).$type<readonly SealedSecret[]>().notNull(),
    state: text('state', { enum: ['on', 'off'] }).notNull(),
    offReason: text('off_reason', { enum: ['asked', 'failing', 'gone'] }),
    /** The newest event when it was registered. */
    startAfter: integer('start_after').notNull(),
    /** Its case is open until it takes an event again. */
    hasCase: integer('has_case', { mode: 'boolean' }).notNull(),
    /** What was asked to be sent again last. */
    replayed: text('replayed', { mode: 'json' }).$type<{
      readonly after: number;
      readonly until: number;
      readonly atMs: number;
    }>(),
    /** How the newest try by hand was answered; null: it did not answer. */
    tested: text('tested', { mode: 'json' }).$type<{ readonly atMs: number; readonly status: number | null }>(),
    /** Rises with whatever a person changes. */
    version: integer('version').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    requestHash: text('request_hash'),
    requestFingerprint: text('request_fingerprint'),
  },
  (table) => [
    uniqueIndex('webhook_of_request').on(table.requestHash),
    check('webhook_state', sql`state IN ('on', 'off')`),
    check(
      'webhook_json',
      sql`json_valid(secrets) AND (types IS NULL OR json_valid(types)) AND (replayed IS NULL OR json_valid(replayed)) AND (tested IS NULL OR json_valid(tested))`,
    ),
  ],
);
