import * as z from 'zod';
import { CURSOR_CHARACTERS_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';

/** Query parameters of every list. A query is text, so the number is read from its digits. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be a number from 1 to ${PAGE_ITEMS_MAX}`)
    .transform(Number)
    .refine((limit) => limit <= PAGE_ITEMS_MAX, `must be at most ${PAGE_ITEMS_MAX}`)
    .default(PAGE_ITEMS_DEFAULT)
    .meta({ override: { type: 'integer', minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT, pattern: undefined } }),
  cursor: z.string().min(1).max(CURSOR_CHARACTERS_MAX).optional().meta({ description: 'From `next_cursor` of the page before. Opaque.' }),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
