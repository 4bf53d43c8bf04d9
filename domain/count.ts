import type { Count, FactOutcome } from './command.ts';
import type { Event } from './event.ts';
import type { SourceId } from './ids.ts';
import { placeKey, type Base, type Place, type Stock } from './stock.ts';
import { compared, lackingIn, type Books, type Holds } from './variance.ts';

/** Books what somebody counted: X becomes what the count makes of it (R34, R35). */
export function decideCount(
  stock: Stock,
  count: Count,
  books: Books,
  nowMs: number,
): { readonly events: readonly Event[]; readonly outcome: FactOutcome } {
  const place: Place = { location: count.location, status: count.status };
  const bases = stock.balances.get(placeKey(place))?.bases ?? {};
  const asOfMs = Math.min(count.asOfMs, nowMs);
  const holds = holdsOf(count, asOfMs);
  if (isStale(count, bases, asOfMs, books)) return { events: [], outcome: { outcome: 'stale' } };

  const { id, source, mark, quantity, meaning } = count;
  const reading = { ...place, source, quantity, meaning, holds };
  const lacking = lackingIn(reading, books);
  if (lacking === null) return { events: [], outcome: { outcome: 'deferred' } };

  const { variance } = compared(stock, reading, lacking);
  const base: Base = 'mark' in holds ? { meaning, mark: holds.mark } : { meaning, asOfMs, books: count.books };
  const event: Event = {
    type: 'counted',
    id,
    source,
    books: count.books,
    ...place,
    count: quantity,
    onHand: variance,
    base,
    mark,
    orderRef: null,
    document: null,
    occurredAtMs: asOfMs,
  };
  return { events: [event], outcome: { outcome: 'applied', variance } };
}

/** Only an ERP's marks say what is in its number; everybody else's number is of a time. */
function holdsOf({ books, mark }: Count, asOfMs: number): Exclude<Holds, { readonly standing: unknown }> {
  return books === 'erp' && mark !== null ? { mark } : { asOfMs, books };
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
