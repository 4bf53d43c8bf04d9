import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What people changed, one row per change. Rows are only ever added; an id is never used twice. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    atMs: integer('at_ms').notNull(),
    /** The API key's id, and its name as it was then. */
    actor: text('actor').notNull(),
    actorName: text('actor_name'),
    action: text('action').$type<AuditAction>().notNull(),
    target: text('target').$type<AuditTarget>().notNull(),
    /** JSON; null: there was none. */
    before: text('before'),
    after: text('after'),
    version: integer('version'),
    correlationId: text('correlation_id').notNull(),
  },
  (table) => [index('audit_of_target').on(table.target), index('audit_of_actor').on(table.actor)],
);

export type AuditAction =
  'put' | 'create' | 'rotate' | 'revoke' | 'change' | 'resolve' | 'replay' | 'approve' | 'test' | 'enable' | 'disable';
export type AuditTarget =
  `${'item' | 'policy' | 'receipts' | 'location' | 'channel' | 'source' | 'key' | 'case' | 'webhook' | 'webhook_secret' | 'import' | 'reconciliation' | 'posting' | 'outlet'}:${string}`;
