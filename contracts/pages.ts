import * as z from 'zod';
import { CURSOR_CHARACTERS_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';

/** Query parameters of every list. A query is text, so the number is read from it. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
  cursor: z
    .string()
    .min(1)
    .max(CURSOR_CHARACTERS_MAX)
    .optional()
    .meta({ description: 'From `next_cursor` of the page before. Opaque.' }),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
