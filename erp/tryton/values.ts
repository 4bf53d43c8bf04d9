import * as z from 'zod';
import { QUANTITY_MAX } from './limits.ts';

// How Tryton writes what JSON has no word for.

export interface Decimal {
  readonly __class__: 'Decimal';
  readonly decimal: string;
}

export const decimal = z.object({ __class__: z.literal('Decimal'), decimal: z.string().max(64) });

/** Rows of which none is told twice: what is counted twice would be wrong. */
export function eachOnce<Row extends { readonly id: number }>(row: z.ZodType<Row>) {
  return z.array(row).refine((rows) => new Set(rows.map(({ id }) => id)).size === rows.length, 'a record is told twice');
}

/** In floats of which sums are exact. */
export const quantity = z.number().min(-QUANTITY_MAX).max(QUANTITY_MAX);

const part = z.int();

/** A moment of Tryton's clock, UTC, with its microseconds, as text that rises with time: 2026-11-20T08:30:00.000001 */
export const instant = z
  .object({
    __class__: z.literal('datetime'),
    year: part,
    month: part,
    day: part,
    hour: part,
    minute: part,
    second: part,
    microsecond: part,
  })
  .transform(({ year, month, day, hour, minute, second, microsecond }) => {
    const date = [padded(year, 4), padded(month, 2), padded(day, 2)].join('-');
    const time = [padded(hour, 2), padded(minute, 2), padded(second, 2)].join(':');
    return `${date}T${time}.${padded(microsecond, 6)}`;
  });

/** A moment for a question. */
export function wireInstant(text: string): unknown {
  const [year, month, day, hour, minute, second, microsecond] = text.split(/[-T:.]/).map(Number);
  return { __class__: 'datetime', year, month, day, hour, minute, second, microsecond };
}

/** Milliseconds, without the microseconds. */
export function msOf(text: string): number {
  return Date.parse(`${text.slice(0, 23)}Z`);
}

export function instantOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000`;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
