import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { IMPORT_FORMATS, IMPORT_KINDS, IMPORT_STATES } from '../../contracts/imports.ts';
import type { SourceId } from '../../domain/ids.ts';

/** One file of facts, or one load from the ERP. Its row says how far it is: whoever goes on begins there. */
export const importRun = sqliteTable(
  'import_run',
  {
    /** Begins with its time, so that the newest are found without an index. */
    id: text('id').primaryKey(),
    kind: text('kind', { enum: IMPORT_KINDS }).notNull(),
    source: text('source').$type<SourceId>().notNull(),
    /** null: no file, the ERP is asked. */
    format: text('format', { enum: IMPORT_FORMATS }),
    state: text('state', { enum: IMPORT_STATES }).notNull(),
    bytes: integer('bytes').notNull(),
    /** Everything before it is done with. */
    atByte: integer('at_byte').notNull(),
    atRow: integer('at_row').notNull(),
    /** JSON: columns and delimiter of a CSV file; where the ERP's pages are. */
    position: text('position').notNull(),
    /** JSON: how many rows came to which outcome. */
    tally: text('tally').notNull(),
    error: text('error'),
    actor: text('actor').notNull(),
    correlationId: text('correlation_id').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    movedAtMs: integer('moved_at_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    index('import_run_unfinished')
      .on(table.movedAtMs)
      .where(sql`state IN ('queued', 'running')`),
    check('import_run_state', sql`state IN ('queued', 'running', 'done', 'failed', 'cancelled')`),
    check('import_run_json', sql`json_valid(position) AND json_valid(tally)`),
  ],
);

/** What became of the rows of one round, some hundreds in one row of ours: a million rows of a file cost two thousand. */
export const importPart = sqliteTable(
  'import_part',
  {
    run: text('run').notNull(),
    firstRow: integer('first_row').notNull(),
    /** JSON: which outcomes it has, so that whoever looks for one passes over the others. */
    tally: text('tally').notNull(),
    outcomes: text('outcomes').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.firstRow] }),
    check('import_part_json', sql`json_valid(tally) AND json_valid(outcomes)`),
  ],
);
