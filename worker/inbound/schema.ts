import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { FACT_KINDS } from '../../contracts/inbound.ts';
import type { SourceId } from '../../domain/ids.ts';

/** What sources sign with, sealed under the deployment's own secret: whoever reads this table can sign nothing. */
export const webhookSecret = sqliteTable(
  'webhook_secret',
  {
    id: text('id').primaryKey(),
    source: text('source').$type<SourceId>().notNull(),
    sealed: text('sealed').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** null: until there is a newer one. */
    expiresAtMs: integer('expires_at_ms'),
  },
  (table) => [index('webhook_secret_of_source').on(table.source, table.createdAtMs)],
);

/** Ids of webhooks that were accepted. The day comes first, so that old ones go without being looked for. */
export const webhookSeen = sqliteTable(
  'webhook_seen',
  { day: integer('day').notNull(), source: text('source').$type<SourceId>().notNull(), id: text('id').notNull() },
  (table) => [primaryKey({ columns: [table.day, table.source, table.id] })],
);

/** Facts that nobody could book, each with the case that says why; stated again once that is mended. */
export const rejectedFact = sqliteTable(
  'rejected_fact',
  {
    caseId: text('case_id').primaryKey(),
    source: text('source').$type<SourceId>().notNull(),
    kind: text('kind', { enum: FACT_KINDS }).notNull(),
    fact: text('fact').notNull(),
    keptAtMs: integer('kept_at_ms').notNull(),
  },
  () => [check('rejected_fact_json', sql`json_valid(fact)`)],
);
