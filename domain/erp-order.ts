import type { Stated } from './command.ts';
import type { Units } from './event.ts';
import type { LocationId } from './ids.ts';
import type { Reservation, Stock } from './stock.ts';

/**
 * An order that the ERP took itself is in the numbers of the places that it named, and in no other: where we put its
 * units, because it named no place, is our assumption. What is compared with the ERP leaves such units out (R30c, R34).
 */
export function isUnnamed(books: Stated['books'] | undefined, named: LocationId | null, location: LocationId): boolean {
  return books === 'erp' && named !== location;
}

/** Units at one place each, told apart. */
export function markedUnits({ books, lines }: Reservation, units: readonly Units[]): readonly Units[] {
  return units.map((one) => {
    const named = lines.find(({ line }) => line === one.line)?.at ?? null;
    const [place] = one.placed;
    return place !== undefined && isUnnamed(books, named, place.location) ? { ...one, unnamed: true } : one;
  });
}

/** For events that move units of a line that named no place. */
export function unnamedMove({ books }: Pick<Reservation, 'books'>): { readonly unnamed?: 'both' } {
  return books === 'erp' ? { unnamed: 'both' } : {};
}

/** Committed units here that no number of the ERP's holds. */
export function unnamedAt(stock: Stock, location: LocationId): number {
  let units = 0;
  for (const { books, lines } of stock.live.values()) {
    if (books !== 'erp') continue;
    for (const { at, owedAt } of lines) {
      if (!isUnnamed(books, at, location)) continue;
      for (const placed of owedAt) if (placed.location === location) units += placed.quantity;
    }
  }
  return units;
}
