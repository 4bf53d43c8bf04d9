import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What operators asked to be done under an Idempotency-Key, and what they were answered; null: it has not ended yet. */
export const answeredRequest = sqliteTable(
  'answered_request',
  {
    /** The path that was asked: a key's scope is the operation and what it is about (R2). */
    operation: text('operation').notNull(),
    hash: text('hash').notNull(),
    fingerprint: text('fingerprint').notNull(),
    asked: text('asked', { mode: 'json' }).$type<unknown>().notNull(),
    answer: text('answer', { mode: 'json' }).$type<unknown>(),
    askedAtMs: integer('asked_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.operation, table.hash] })],
);

/** Changes of an ERP's feed that could not be booked, each with the case that says why; booked once that is mended. */
export const keptChange = sqliteTable(
  'kept_change',
  {
    source: text('source').notNull(),
    key: text('key').notNull(),
    caseId: text('case_id').notNull(),
    /** The case's words; what the change itself was is in `body`, as the ERP told it. */
    reason: text('reason').notNull(),
    body: text('body').notNull(),
    keptAtMs: integer('kept_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.key] }),
    index('kept_of_case').on(table.caseId),
    check('kept_change_body', sql`json_valid(body)`),
  ],
);
