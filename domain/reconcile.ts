import type { FactOutcome, Reconcile } from './command.ts';
import type { Event } from './event.ts';
import type { Base, Stock } from './stock.ts';
import { varianceOf, type Books } from './variance.ts';

/**
 * Books a difference that a run found, if it is still the same (R36). A number with a mark is a base from now on, so that
 * what the ERP tells of late changes nothing; one without leaves the bases alone, since what is told later is news.
 */
export function decideReconcile(
  stock: Stock,
  command: Reconcile,
  books: Books,
  nowMs: number,
): { readonly events: readonly Event[]; readonly outcome: FactOutcome } {
  const { id, source, location, status, quantity, meaning, holds, reason } = command;
  const found = varianceOf(stock, { location, status, source, quantity, meaning, holds }, books);
  if (found.outcome !== 'known') return { events: [], outcome: { outcome: found.outcome } };
  const { variance } = found;
  if (variance !== command.variance) return { events: [], outcome: { outcome: 'changed', variance } };

  const mark = 'mark' in holds ? holds.mark : null;
  const base: Base | null = mark === null ? null : { meaning, mark };
  const event: Event = {
    type: 'reconciled',
    id,
    source,
    books: command.books,
    location,
    status,
    count: quantity,
    meaning,
    onHand: variance,
    base,
    mark,
    reason,
    orderRef: null,
    document: null,
    occurredAtMs: Math.min(command.asOfMs, nowMs),
  };
  return { events: [event], outcome: { outcome: 'applied', variance } };
}
