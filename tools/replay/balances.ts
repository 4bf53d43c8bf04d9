import type * as z from 'zod';
import { explanation } from '../../contracts/availability.ts';
import { STOCK_STATUSES, type StockStatus } from '../../domain/stock.ts';
import type { ItemPrepared } from './run-log.ts';

export type Totals = ItemPrepared['before'];

/** What of an explanation the books are compared by. */
export const explainedBooks = explanation.pick({ locations: true, postings_in_flight: true });
export type ExplainedBooks = z.output<typeof explainedBooks>;

/** What the front holds of an item over all its locations. */
export function totalsOf({ locations }: Pick<ExplainedBooks, 'locations'>): Totals {
  const onHand: Partial<Record<StockStatus, number>> = {};
  let committed = 0;
  for (const location of locations) {
    committed += location.committed;
    for (const status of statusesOf(location.on_hand)) onHand[status] = (onHand[status] ?? 0) + (location.on_hand[status] ?? 0);
  }
  return { onHand, committed };
}

function statusesOf(onHand: Partial<Record<StockStatus, number>>): StockStatus[] {
  return STOCK_STATUSES.filter((status) => onHand[status] !== undefined);
}
