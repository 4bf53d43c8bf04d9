import type { Stated } from './command.ts';
import { placeKey, type Base, type Place, type Stock } from './stock.ts';

/**
 * The count that already holds this fact, if any. The ERP's facts are compared with its own count, by mark (R34) or
 * where that has none by time; facts of everybody else by time with the newest stock-take (R35).
 */
export function lateBase(
  stock: Stock,
  { books, source, mark }: Pick<Stated, 'books' | 'source'> & { readonly mark: number | null },
  place: Place,
  occurredAtMs: number,
): Base | null {
  const bases = stock.balances.get(placeKey(place))?.bases ?? {};
  if (books === 'front') return Object.values(bases).find((base) => holdsByTime(base, 'front', occurredAtMs)) ?? null;
  const base = bases[source];
  if (base === undefined) return null;
  const holds = 'mark' in base ? mark !== null && mark <= base.mark : holdsByTime(base, 'erp', occurredAtMs);
  return holds ? base : null;
}

function holdsByTime(base: Base, books: Stated['books'], occurredAtMs: number): boolean {
  return 'asOfMs' in base && base.books === books && occurredAtMs <= base.asOfMs;
}

/** What a late change of a commitment does on hand: a count that was less by what is committed held it, and stays true. */
export function onHandOfLate(base: Base | null, committed: number): number {
  return base?.meaning === 'on_hand_minus_committed' ? committed : 0;
}
