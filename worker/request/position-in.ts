import type * as z from 'zod';
import { afterOf } from './pages.ts';
import { Refused } from '../refused.ts';

/** What a cursor of several parts says; null: there is none, so from the beginning. */
export function positionIn<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | null | Refused {
  if (cursor === undefined) return null;
  const written = afterOf(cursor);
  if (written instanceof Refused) return written;
  const position = schema.safeParse(parsed(written));
  return position.success ? position.data : new Refused('invalid_request', 'cursor: take it from next_cursor of the page before');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
