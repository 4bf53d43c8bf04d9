import * as z from 'zod';
import { DRIFT_CLASSES } from '../domain/reconciliation.ts';
import { STOCK_STATUSES } from '../domain/stock.ts';
import { RECONCILED_SKUS_MAX, SOURCES_COMPARED_MAX } from './limits.ts';
import { sku, sourceId } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, units } from './quantities.ts';

export const RUN_STATES = ['running', 'done', 'failed'] as const;

/** Why a place differs. The last three are no drift: somebody has to declare a name, or the ERP does not carry the item. */
export const LINE_CLASSES = [...DRIFT_CLASSES, 'item_unknown', 'location_unknown', 'item_not_in_erp'] as const;
export type LineClass = (typeof LINE_CLASSES)[number];

/** `open`: the run is not done with it. `held`: nothing is booked while the ERP seems restored from a backup. */
export const LINE_OUTCOMES = ['open', 'deferred', 'corrected', 'case', 'ignored', 'held', 'reported'] as const;
export type LineOutcome = (typeof LINE_OUTCOMES)[number];

export const newReconciliation = z
  .strictObject({
    connection: sourceId.optional().meta({ description: 'Under which name the ERP states its facts. Absent: the one there is.' }),
    skus: z.array(sku).min(1).max(RECONCILED_SKUS_MAX).optional().meta({ description: 'Absent: every item.' }),
    against: z.array(sourceId).min(1).max(SOURCES_COMPARED_MAX).optional().meta({
      description: 'The connection itself, and sources whose newest counts are shown beside it. Absent: the connection.',
    }),
  })
  .meta({ id: 'NewReconciliation' });

export const reconciliationsQuery = z.strictObject(pageQuery);

export const linesQuery = z.strictObject({
  ...pageQuery,
  class: z.enum(LINE_CLASSES).optional(),
  outcome: z.enum(LINE_OUTCOMES).optional(),
  sku: sku.optional(),
  format: z.enum(['json', 'csv', 'ndjson']).default('json').meta({
    description: '`csv` and `ndjson`: all lines that were asked for as one file; text cells do nothing in a spreadsheet.',
  }),
});

const sums = z.array(z.object({ name: z.string(), lines: units, variance: units, absolute: units }));

export const reconciliationReply = z
  .object({
    id: z.string(),
    connection: z.string(),
    state: z.enum(RUN_STATES),
    progress: z.object({ phase: z.string(), steps: units }),
    skus: z.array(z.string()).nullable(),
    against: z.array(z.string()),
    created_at: instant,
    ended_at: instant.nullable(),
    error: z.string().nullable(),
    totals: z.object({
      items: units.meta({ description: 'Items that were compared.' }),
      places: units.meta({ description: 'Places of them that were compared.' }),
      equal: units.meta({ description: 'Places at which nothing differs.' }),
      deferred: units.meta({ description: 'Places of which nobody can say yet.' }),
      by_class: sums,
      by_location: sums,
      by_outcome: sums,
    }),
  })
  .meta({ id: 'Reconciliation', description: 'One comparison of our books with what is said elsewhere.' });
export type ReconciliationReply = z.output<typeof reconciliationReply>;

const reconciliationLineReply = z
  .object({
    sku: z.string(),
    location: z.string(),
    status: z.enum(STOCK_STATUSES),
    class: z.enum(LINE_CLASSES).nullable(),
    outcome: z.enum(LINE_OUTCOMES),
    ours: units.nullable().meta({ description: "Our number, in the meaning of the ERP's." }),
    erp: units.nullable(),
    variance: units
      .nullable()
      .meta({ description: 'What our number should be by the ERP’s, less what it is: exact, whatever is under way.' }),
    mark: units.nullable(),
    read_at: instant,
    readings: units,
    keys: z.array(z.string()).meta({ description: 'Postings and bookings that explain it.' }),
    unit_factor: units.nullable(),
    views: z.array(z.object({ source: z.string(), quantity: units, as_of: instant, variance: units.nullable() })),
    case_id: z.string().nullable(),
  })
  .meta({ id: 'ReconciliationLine' });
export type ReconciliationLineReply = z.output<typeof reconciliationLineReply>;

export const reconciliationsReply = pageOf(reconciliationReply);
export const reconciliationLinesReply = pageOf(reconciliationLineReply);
export const reconciliationAccepted = z.object({ id: z.string() });
