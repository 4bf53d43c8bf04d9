import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { QUANTITY_MAX } from '../../contracts/limits.ts';
import { sku } from '../../contracts/names.ts';

const trimmed = z.string().trim();

const orderRow = z.object({
  // It stands in idempotency keys, which take visible ASCII only.
  invoice_no: trimmed.regex(/^[\x21-\x7e]{1,64}$/),
  stock_code: sku,
  description: trimmed,
  quantity: trimmed
    .regex(/^-?\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(-QUANTITY_MAX).max(QUANTITY_MAX)),
  invoice_date: z.iso.datetime({ offset: true, local: true }),
  unit_price: trimmed.regex(/^-?\d+(\.\d+)?$/).transform(Number),
  customer_id: trimmed,
  country: trimmed,
});

/** A row of an order export, with its number among the rows below the header, from 1. */
export type OrderRow = z.output<typeof orderRow> & { readonly row: number };

export interface OrderFile {
  /** Tells a run that is taken up again whether this is still the file it began with. */
  readonly sha256: string;
  readonly rows: readonly OrderRow[];
  readonly unreadable: readonly { readonly row: number; readonly why: string }[];
}

export async function readOrderFile(path: string): Promise<OrderFile> {
  const bytes = await readFile(path);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), ...orderRows(bytes.toString('utf8')) };
}

export function orderRows(text: string): Pick<OrderFile, 'rows' | 'unreadable'> {
  const records = parse<unknown>(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true });
  const rows: OrderRow[] = [];
  const unreadable: { row: number; why: string }[] = [];
  for (const [index, record] of records.entries()) {
    const read = orderRow.safeParse(record);
    if (read.success) rows.push({ ...read.data, row: index + 1 });
    else unreadable.push({ row: index + 1, why: whyNot(read.error) });
  }
  return { rows, unreadable };
}

/** The rows of the first days of the file, up to and including the day given; of all days where none is. */
export function rowsUntil(rows: readonly OrderRow[], lastDay: string | null): readonly OrderRow[] {
  return lastDay === null ? rows : rows.filter((row) => dayOf(row) <= lastDay);
}

/** The last of the first `days` calendar days on which anything was ordered. */
export function lastOfFirstDays(rows: readonly OrderRow[], days: number): string | null {
  return [...new Set(rows.map(dayOf))].toSorted().slice(0, days).at(-1) ?? null;
}

function dayOf(row: OrderRow): string {
  return row.invoice_date.slice(0, 10);
}

function whyNot(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}
