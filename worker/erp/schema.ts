import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Which documents of an ERP stand for a posting, where the ERP has no room for our keys. */
export const erpNote = sqliteTable(
  'erp_note',
  {
    connection: text('connection').notNull(),
    key: text('key').notNull(),
    /** JSON: a list of ids. */
    documents: text('documents').notNull(),
    /** The ERP's own, of when it made them. */
    stamp: text('stamp'),
    notedAtMs: integer('noted_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connection, table.key] })],
);

/** The same from the other side, for the feed: it names documents. */
export const erpNoteDocument = sqliteTable(
  'erp_note_document',
  {
    connection: text('connection').notNull(),
    document: integer('document').notNull(),
    key: text('key').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connection, table.document] })],
);
