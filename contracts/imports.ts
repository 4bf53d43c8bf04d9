import * as z from 'zod';
import { sourceId } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, units } from './quantities.ts';

export const IMPORT_KINDS = ['movements', 'counts', 'orders', 'aliases', 'erp'] as const;
export const IMPORT_FORMATS = ['csv', 'ndjson'] as const;
export const IMPORT_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export const ROW_OUTCOMES = ['applied', 'duplicate', 'stale', 'deferred', 'rejected', 'created', 'changed', 'unchanged'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];
export type ImportKind = (typeof IMPORT_KINDS)[number];
export type FileKind = Exclude<ImportKind, 'erp'>;
export type FactFileKind = Exclude<FileKind, 'aliases'>;

export const newImportQuery = z.strictObject({
  kind: z.enum(IMPORT_KINDS).meta({
    description:
      '`erp`: no file; items, locations and balances that the ERP has. `aliases`: what other systems call our items and locations. Both need `admin`.',
  }),
  source: sourceId
    .optional()
    .meta({ description: 'Whose facts they are. Not of `erp`, which is a source by itself, nor of `aliases`.' }),
  replace: z
    .literal('true')
    .optional()
    .meta({ description: 'Of `aliases`: a name that means something else already means this from now on.' }),
  format: z
    .enum(IMPORT_FORMATS)
    .optional()
    .meta({ description: 'Absent: by Content-Type, `text/csv` or `application/x-ndjson`.' }),
});
export const importsQuery = z.strictObject(pageQuery);
export const importRowsQuery = z.strictObject({
  ...pageQuery,
  outcome: z.enum(ROW_OUTCOMES).optional(),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .default('json')
    .meta({ description: '`csv` and `ndjson` are all rows at once, as a file; `limit` and `cursor` are of `json`.' }),
});

export const importReply = z
  .object({
    id: z.string(),
    kind: z.enum(IMPORT_KINDS),
    source: z.string().nullable().meta({ description: 'null: they are nobody’s facts (`aliases`).' }),
    format: z.enum(IMPORT_FORMATS).nullable(),
    state: z.enum(IMPORT_STATES),
    bytes: units.meta({ description: 'Of the file.' }),
    bytes_read: units,
    rows: z
      .object({
        read: units,
        applied: units,
        duplicate: units,
        stale: units,
        deferred: units,
        rejected: units,
        created: units,
        changed: units,
        unchanged: units,
      })
      .meta({ description: 'By outcome; together they are `read`.' }),
    error: z.string().nullable().meta({ description: 'Why it stopped.' }),
    correlation_id: z.string(),
    created_at: instant,
    ended_at: instant.nullable(),
  })
  .meta({ id: 'Import', description: 'A file of facts on its way into the books, or of names, or a load from the ERP.' });
export type ImportReply = z.output<typeof importReply>;
export const importsReply = pageOf(importReply);

const importRow = z
  .object({
    row: units.meta({ description: 'As a spreadsheet or an editor counts: the header, if any, is row 1.' }),
    id: z.string().nullable().meta({ description: 'Of the fact; of a load from the ERP, and of names, what it is about.' }),
    outcome: z.enum(ROW_OUTCOMES),
    code: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .meta({ id: 'ImportRow' });
export type ImportRow = z.output<typeof importRow>;
export const importRowsReply = pageOf(importRow);
