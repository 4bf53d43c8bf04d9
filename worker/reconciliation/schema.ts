import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { CountMeaning, StockStatus } from '../../domain/stock.ts';
import type { Holds } from '../../domain/variance.ts';
import { LINE_CLASSES, LINE_OUTCOMES, RUN_STATES } from '../../contracts/reconciliations.ts';

/** How far a run got. It is written before the work of a step begins again, so that it may die anywhere. */
const RUN_PHASES = ['reading', 'absent', 'views', 'checking', 'deciding', 'closing'] as const;

/** One comparison of our books with what is said elsewhere. */
export const reconciliation = sqliteTable(
  'reconciliation',
  {
    id: text('id').primaryKey(),
    connection: text('connection').$type<SourceId>().notNull(),
    state: text('state', { enum: RUN_STATES }).notNull(),
    phase: text('phase', { enum: RUN_PHASES }).notNull(),
    /** Where the phase goes on; null: at its beginning. */
    cursor: text('cursor'),
    /** Pages, passes over what differed: each step is written once. */
    step: integer('step').notNull(),
    /** null: every item. */
    skus: text('skus', { mode: 'json' }).$type<readonly Sku[]>(),
    /** `erp` and sources whose counts are compared. */
    against: text('against', { mode: 'json' }).$type<readonly string[]>().notNull(),
    /** null: the clock. */
    askedBy: text('asked_by'),
    correlationId: text('correlation_id').notNull(),
    items: integer('items').notNull(),
    places: integer('places').notNull(),
    /** The newest mark that was met. */
    markMax: integer('mark_max'),
    error: text('error'),
    createdAtMs: integer('created_at_ms').notNull(),
    advancedAtMs: integer('advanced_at_ms').notNull(),
    /** Whoever works at it has it until then. */
    leaseUntilMs: integer('lease_until_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    // Two runs at once would take each other's corrections for drift.
    uniqueIndex('reconciliation_under_way')
      .on(table.connection)
      .where(sql`ended_at_ms IS NULL`),
    index('reconciliation_by_time').on(table.createdAtMs),
    check('reconciliation_state', sql`state IN ('running', 'done', 'failed')`),
  ],
);

/** What another source counted at a place, and how far ours is from it. */
export interface LineView {
  readonly source: string;
  readonly quantity: number;
  readonly asOfMs: number;
  /** null: it cannot be compared, because something newer was booked or is under way. */
  readonly variance: number | null;
}

/** A place at which something differs, or differed. What is equal has no row. */
export const reconciliationLine = sqliteTable(
  'reconciliation_line',
  {
    run: text('run').notNull(),
    /** Ours, or the ERP's code where we have none for it. */
    sku: text('sku').$type<Sku>().notNull(),
    location: text('location').$type<LocationId>().notNull(),
    status: text('status').$type<StockStatus>().notNull(),
    outcome: text('outcome', { enum: LINE_OUTCOMES }).notNull(),
    class: text('class', { enum: LINE_CLASSES }),
    /** Ours, in the meaning of the ERP's number; null: nobody could say yet. */
    booked: integer('booked'),
    /** The ERP's; null: it was not asked. */
    counted: integer('counted'),
    meaning: text('meaning').$type<CountMeaning>(),
    variance: integer('variance'),
    holds: text('holds', { mode: 'json' }).$type<Exclude<Holds, { readonly asOfMs: number }>>(),
    readAtMs: integer('read_at_ms').notNull(),
    /** How often it was read. */
    readings: integer('readings').notNull(),
    /** Places of one item that one cause explains bear one number. */
    drift: integer('drift'),
    keys: text('keys', { mode: 'json' }).$type<readonly string[]>().notNull(),
    factor: integer('factor'),
    /** How many of the item's newest postings the ERP lacks, where it has none of them. */
    lostTail: integer('lost_tail').notNull(),
    views: text('views', { mode: 'json' }).$type<readonly LineView[]>().notNull(),
    caseId: text('case_id'),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.sku, table.location, table.status] }),
    check(
      'reconciliation_line_outcome',
      sql`outcome IN ('open', 'deferred', 'corrected', 'case', 'ignored', 'held', 'reported')`,
    ),
  ],
);

/** Which items a page of the ERP's balances held, until the run has found out which none did. */
export const reconciliationPage = sqliteTable(
  'reconciliation_page',
  {
    run: text('run').notNull(),
    step: integer('step').notNull(),
    skus: text('skus', { mode: 'json' }).$type<readonly Sku[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] })],
);

/** The newest mark that any run saw of a connection: it only falls where an ERP was restored from a backup. */
export const erpWatch = sqliteTable('erp_watch', {
  connection: text('connection').$type<SourceId>().primaryKey(),
  markMax: integer('mark_max').notNull(),
});

/** What a source counted last at each place, for whoever wants to see the views side by side. */
export const statedCount = sqliteTable(
  'stated_count',
  {
    sku: text('sku').$type<Sku>().notNull(),
    source: text('source').$type<SourceId>().notNull(),
    location: text('location').$type<LocationId>().notNull(),
    status: text('status').$type<StockStatus>().notNull(),
    quantity: integer('quantity').notNull(),
    meaning: text('meaning').$type<CountMeaning>().notNull(),
    asOfMs: integer('as_of_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sku, table.source, table.location, table.status] })],
);

/** What a case about a difference proposes, as data. */
export const driftCase = sqliteTable('drift_case', {
  caseId: text('case_id').primaryKey(),
  connection: text('connection').$type<SourceId>().notNull(),
  sku: text('sku').$type<Sku>().notNull(),
  run: text('run').notNull(),
  body: text('body').notNull(),
});
