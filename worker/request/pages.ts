import { fromBase64url, toBase64url } from './base64url.ts';
import { Refused } from '../refused.ts';

export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** What every cursor of ours begins with, so that other text is told apart instead of being taken for a place in the list. */
const AFTER = 'after ';

/** A cursor is the last key that was shown, written so that nobody is tempted to read it. */
export function afterOf(cursor: string | undefined): string | Refused {
  if (cursor === undefined) return '';
  const bytes = fromBase64url(cursor);
  const written = bytes === null ? '' : new TextDecoder().decode(bytes);
  return written.startsWith(AFTER)
    ? written.slice(AFTER.length)
    : new Refused('invalid_request', 'cursor: take it from next_cursor of the page before');
}

export function cursorOf(key: string): string {
  return toBase64url(new TextEncoder().encode(AFTER + key));
}

/** One page of what was read with one item more than asked for: that one says that there is a next page. */
export function pageOf<Item>(read: readonly Item[], keyOf: (item: Item) => string, limit: number): Page<Item> {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  const more = read.length > limit && last !== undefined;
  return { items, next_cursor: more ? cursorOf(keyOf(last)) : null };
}

/** One page of a list that is whole and in the order of its keys. */
export function pageAfter<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, cursor }: PageAsked,
): Page<Item> | Refused {
  const after = afterOf(cursor);
  if (after instanceof Refused) return after;
  return pageOf(
    all.filter((item) => keyOf(item) > after),
    keyOf,
    limit,
  );
}
