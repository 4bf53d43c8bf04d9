import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Scope } from '../../contracts/keys.ts';
import type { UNMAPPED } from '../../contracts/listings.ts';
import type { ChannelId, LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { Confidence, Shows } from '../../domain/network.ts';
import type { ItemPolicy, Receipt } from '../../domain/stock.ts';
import type { RateLimit } from '../rate-limit/window.ts';

/** Whose aliases a channel knows things by, and what becomes of what has none. */
export interface ListingRules {
  readonly system: string;
  readonly unmapped: (typeof UNMAPPED)[number];
}

export interface Unit {
  readonly unit: string;
  readonly factor: number;
}

/** What is sold. The stock itself is in the item's object, which is told of status and policy after they are written here. */
export const item = sqliteTable(
  'item',
  {
    sku: text('sku').$type<Sku>().primaryKey(),
    name: text('name'),
    status: text('status', { enum: ['active', 'preorder', 'discontinued'] }).notNull(),
    units: text('units', { mode: 'json' }).$type<readonly Unit[]>().notNull(),
    version: integer('version').notNull(),
    /** null: none was ever set, the default holds. */
    policy: text('policy', { mode: 'json' }).$type<ItemPolicy>(),
    policyVersion: integer('policy_version').notNull(),
    /** null: nobody ever announced any. */
    receipts: text('receipts', { mode: 'json' }).$type<readonly Receipt[]>(),
    receiptsVersion: integer('receipts_version').notNull().default(0),
  },
  () => [check('item_status', sql`status IN ('active', 'preorder', 'discontinued')`)],
);

/** What other systems call an item or a location; one name of theirs means one thing of ours. */
export const alias = sqliteTable(
  'alias',
  {
    kind: text('kind', { enum: ['item', 'location'] }).notNull(),
    system: text('system').notNull(),
    externalId: text('external_id').notNull(),
    target: text('target').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.system, table.externalId] }),
    index('alias_of_target').on(table.kind, table.target),
    check('alias_kind', sql`kind IN ('item', 'location')`),
  ],
);

export const location = sqliteTable(
  'location',
  {
    id: text('id').$type<LocationId>().primaryKey(),
    name: text('name'),
    type: text('type', { enum: ['dc', 'warehouse', 'store', 'partner'] }).notNull(),
    priority: integer('priority').notNull(),
    stopSell: integer('stop_sell', { mode: 'boolean' }).notNull(),
    version: integer('version').notNull(),
  },
  () => [check('location_type', sql`type IN ('dc', 'warehouse', 'store', 'partner')`)],
);

export const channel = sqliteTable('channel', {
  id: text('id').$type<ChannelId>().primaryKey(),
  name: text('name'),
  /** null: every location. */
  locations: text('locations', { mode: 'json' }).$type<readonly LocationId[]>(),
  buffer: integer('buffer').notNull(),
  class: integer('class').notNull(),
  stopSell: integer('stop_sell', { mode: 'boolean' }).notNull(),
  soldOutHint: integer('sold_out_hint', { mode: 'boolean' }).notNull(),
  /** null: numbers are trusted, however old. */
  confidence: text('confidence', { mode: 'json' }).$type<Confidence>(),
  /** null: what it may sell, all of it. */
  shows: text('shows', { mode: 'json' }).$type<Shows>(),
  /** null: its own aliases, and our SKU where there is none. */
  listings: text('listings', { mode: 'json' }).$type<ListingRules>(),
  version: integer('version').notNull(),
});

export const source = sqliteTable(
  'source',
  {
    id: text('id').$type<SourceId>().primaryKey(),
    name: text('name'),
    books: text('books', { enum: ['erp', 'front'] }).notNull(),
    erpConnection: text('erp_connection'),
    version: integer('version').notNull(),
  },
  () => [check('source_books', sql`books IN ('erp', 'front')`)],
);

/** Keys are kept as hashes only: whoever reads this table can do nothing with it. */
export const apiKey = sqliteTable(
  'api_key',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the whole key, hexadecimal. */
    hash: text('hash').notNull(),
    name: text('name').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<readonly Scope[]>().notNull(),
    channel: text('channel').$type<ChannelId>(),
    sources: text('sources', { mode: 'json' }).$type<readonly SourceId[]>(),
    locations: text('locations', { mode: 'json' }).$type<readonly LocationId[]>(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms'),
    revokedAtMs: integer('revoked_at_ms'),
    /** null: what the deployment gives to every key. */
    rateLimit: text('rate_limit', { mode: 'json' }).$type<RateLimit>(),
    rotatedAtMs: integer('rotated_at_ms'),
    /** Rises when it gets another secret, and when it is revoked. */
    version: integer('version').notNull().default(1),
    /** Under which Idempotency-Key it was asked for, if any: hashed as every such key, with the fingerprint of what was asked. */
    requestHash: text('request_hash'),
    requestFingerprint: text('request_fingerprint'),
  },
  (table) => [uniqueIndex('api_key_of_request').on(table.requestHash)],
);

/** What kits are made of; an item is a kit if it has any. */
export const component = sqliteTable(
  'component',
  {
    kit: text('kit').$type<Sku>().notNull(),
    sku: text('sku').$type<Sku>().notNull(),
    factor: integer('factor').notNull(),
    /** As the request named them. */
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kit, table.sku] }), index('component_in_kits').on(table.sku)],
);

/**
 * One row: the version rises with every change of a kit, and each of the others says what no change may bring about. They
 * are computed in the transaction of the change, so that two changes at once cannot bring it about together.
 */
export const kits = sqliteTable(
  'kits',
  {
    one: integer('one').primaryKey(),
    version: integer('version').notNull(),
    cycle: integer('cycle').notNull(),
    tooDeep: integer('too_deep').notNull(),
    tooMany: integer('too_many').notNull(),
    tooLarge: integer('too_large').notNull(),
  },
  () => [
    check('kits_one', sql`one = 1`),
    check('kits_no_cycle', sql`cycle = 0`),
    check('kits_not_too_deep', sql`too_deep = 0`),
    check('kits_not_too_many', sql`too_many = 0`),
    check('kits_not_too_large', sql`too_large = 0`),
  ],
);

/** One row: rises with every change of a location, a channel or a source. */
export const networkVersion = sqliteTable(
  'network_version',
  { one: integer('one').primaryKey(), version: integer('version').notNull() },
  () => [check('network_version_one', sql`one = 1`)],
);
