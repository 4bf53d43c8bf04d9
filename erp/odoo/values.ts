import * as z from 'zod';
import { ODOO_QUANTITY_MAX } from './limits.ts';

// Odoo says `false` for whatever is not there, and a link is [id, name].
export const id = z.int().min(1);
export const ids = z.array(id);
export const link = z.tuple([id], z.unknown()).transform(([target]) => target);
export const maybeLink = z.union([link, z.literal(false).transform(() => null)]);
export const maybeText = z.union([
  z.string().transform((text) => (text === '' ? null : text)),
  z.literal(false).transform(() => null),
]);
/** `2026-11-20 08:30:00`, always UTC, whatever the user's zone. */
export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  .transform((text) => Date.parse(`${text.replace(' ', 'T')}Z`));

/** Rows of which none is told twice: what is counted twice would be wrong. */
export function eachOnce<Row extends { readonly id: number }>(row: z.ZodType<Row>) {
  return z.array(row).refine((rows) => new Set(rows.map(({ id: one }) => one)).size === rows.length, 'a row is told twice');
}

export const quantity = z.number().min(-ODOO_QUANTITY_MAX).max(ODOO_QUANTITY_MAX);

export const maybeTime = z.union([time, z.literal(false).transform(() => null)]);

export function odooTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Conditions of a search, joined by "and". */
export type Domain = readonly unknown[];
