import type { Count, FactOutcome } from './command.ts';
import type { PostingLine } from './posting.ts';
import { unnamedAt } from './erp-order.ts';
import type { Event } from './event.ts';
import type { SourceId } from './ids.ts';
import { onHandAt, placeKey, type Base, type CountMeaning, type Place, type Stock } from './stock.ts';

/** What the journal and the outbox hold about one place; a count is compared with it. */
export interface Books {
  /** Own entries that the ERP's number at this mark lacks; null while one of them was sent and not answered. */
  notInErp(place: Place, mark: number): readonly PostingLine[] | null;
  /** Entries of this source with a mark beyond. */
  beyond(source: SourceId, place: Place, mark: number): readonly PostingLine[];
  /** All entries that occurred later; null where an own one reached the ERP at a time that nobody can compare. */
  since(place: Place, asOfMs: number, books: 'erp' | 'front'): readonly PostingLine[] | null;
  /** The oldest mark for which the postings are still kept. */
  readonly oldestMark: number;
  /** The oldest time for which the journal is still kept. */
  readonly oldestMs: number;
}

/** X := what was counted + what the count cannot hold yet (R34, R35). */
export function decideCount(
  stock: Stock,
  count: Count,
  books: Books,
  nowMs: number,
): { readonly events: readonly Event[]; readonly outcome: FactOutcome } {
  const place: Place = { location: count.location, status: count.status };
  const bases = stock.balances.get(placeKey(place))?.bases ?? {};
  const asOfMs = Math.min(count.asOfMs, nowMs);
  const byMark = count.books === 'erp' && count.mark !== null;
  if (isStale(count, bases, asOfMs, books)) return { events: [], outcome: { outcome: 'stale' } };

  const lacking =
    byMark && count.mark !== null ? atMark(count, place, count.mark, books) : books.since(place, asOfMs, count.books);
  if (lacking === null) return { events: [], outcome: { outcome: 'deferred' } };

  const committed =
    place.status === 'sellable' ? (stock.committed.get(place.location) ?? 0) - unnamedAt(stock, place.location) : 0;
  const booked = onHandAt(stock, place) - (count.meaning === 'on_hand' ? 0 : committed);
  const change = count.quantity + lacking.reduce((total, line) => total + weight(line, count.meaning), 0) - booked;
  const base: Base =
    byMark && count.mark !== null
      ? { meaning: count.meaning, mark: count.mark }
      : { meaning: count.meaning, asOfMs, books: count.books };
  const { id, source, mark } = count;
  const event: Event = {
    type: 'counted',
    id,
    source,
    books: count.books,
    ...place,
    count: count.quantity,
    onHand: change,
    base,
    mark,
    orderRef: null,
    document: null,
    occurredAtMs: asOfMs,
  };
  return { events: [event], outcome: { outcome: 'applied', variance: change } };
}

function isStale(
  { source, books: booked, mark }: Count,
  bases: Readonly<Record<SourceId, Base>>,
  asOfMs: number,
  books: Books,
): boolean {
  const base = bases[source];
  if (booked === 'erp' && mark !== null)
    return (base !== undefined && 'mark' in base && mark <= base.mark) || mark < books.oldestMark;
  return asOfMs < books.oldestMs || Object.values(bases).some((one) => 'asOfMs' in one && asOfMs <= one.asOfMs);
}

function atMark({ source }: Count, place: Place, mark: number, books: Books): readonly PostingLine[] | null {
  const own = books.notInErp(place, mark);
  return own === null ? null : [...own, ...books.beyond(source, place, mark)];
}

function weight({ onHand, committed }: PostingLine, meaning: CountMeaning): number {
  return meaning === 'on_hand' ? onHand : onHand - committed;
}
