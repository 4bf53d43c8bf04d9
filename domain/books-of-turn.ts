import { effectOf, linesAt } from './effect.ts';
import type { Entry } from './event.ts';
import type { PostingLine } from './posting.ts';
import type { Place } from './stock.ts';
import type { Books } from './variance.ts';

/** The books with what this very turn has added, which nobody has written down yet: no ERP can have heard of it (R34, R35). */
export function booksOfTurn(books: Books, fresh: readonly Entry[]): Books {
  const ownAt = (place: Place, some: readonly Entry[] = fresh): readonly PostingLine[] =>
    some.flatMap((entry) => (effectOf(entry.event).own ? linesAt(entry, place) : []));
  const joined = (stored: readonly PostingLine[] | null, more: readonly PostingLine[]): readonly PostingLine[] | null =>
    stored === null ? null : [...stored, ...more];
  return {
    notInErp: (place, mark, told) => joined(books.notInErp(place, mark, told), ownAt(place)),
    since: (place, asOfMs, of) => {
      const later = of === 'erp' ? fresh : fresh.filter(({ atMs }) => atMs > asOfMs);
      return joined(books.since(place, asOfMs, of), ownAt(place, later));
    },
    // What follows of itself is no fact of any source.
    beyond: (source, place, mark) => books.beyond(source, place, mark),
    stoodStill: (source, place, since) => books.stoodStill(source, place, since),
    get oldestMark() {
      return books.oldestMark;
    },
    get oldestMs() {
      return books.oldestMs;
    },
  };
}
