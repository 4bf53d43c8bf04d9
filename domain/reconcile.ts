import type { FactOutcome, FoundDifference, Reconcile, Stated } from './command.ts';
import type { Event } from './event.ts';
import type { Base, Stock } from './stock.ts';
import { varianceOf, type Books } from './variance.ts';

/**
 * Books a difference that a run found, at all of its places or at none, if it is still the same (R36). A number with a mark is a
 * base from now on, so that what the ERP tells of late changes nothing; one without leaves the bases alone, since what is told
 * later is news.
 */
export function decideReconcile(
  stock: Stock,
  command: Reconcile,
  books: Books,
  nowMs: number,
): { readonly events: readonly Event[]; readonly outcome: FactOutcome } {
  const { source, variance, beside = [] } = command;
  const all = [command, ...beside];
  for (const one of all) {
    const { location, status, quantity, meaning, holds } = one;
    const found = varianceOf(stock, { location, status, source, quantity, meaning, holds }, books);
    if (found.outcome !== 'known') return { events: [], outcome: { outcome: found.outcome } };
    if (found.variance !== one.variance) return { events: [], outcome: { outcome: 'changed', variance: found.variance } };
  }
  return { events: all.map((one) => reconciledBy(command, one, nowMs)), outcome: { outcome: 'applied', variance } };
}

function reconciledBy(
  { source, books, reason, asOfMs }: Reconcile,
  { id, location, status, quantity, meaning, holds, variance }: FoundDifference & Pick<Stated, 'id'>,
  nowMs: number,
): Event {
  const mark = 'mark' in holds ? holds.mark : null;
  const base: Base | null = mark === null ? null : { meaning, mark };
  return {
    type: 'reconciled',
    id,
    source,
    books,
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
    occurredAtMs: Math.min(asOfMs, nowMs),
  };
}
