import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Audits of all items, one row each; the one under way, and the newest that ended, are kept. */
export const auditRound = sqliteTable('audit_round', {
  startedAtMs: integer('started_at_ms').primaryKey(),
  /** Every item up to this one was asked. */
  afterSku: text('after_sku').notNull(),
  items: integer('items').notNull(),
  failed: integer('failed').notNull(),
  /** Items whose object gave no answer; the next round asks again. */
  unanswered: integer('unanswered').notNull(),
  endedAtMs: integer('ended_at_ms'),
});
