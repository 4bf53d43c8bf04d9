import type { Explanation } from '../../contracts/availability.ts';
import { STOCK_STATUSES, type StockStatus } from '../../domain/stock.ts';
import type { ItemPrepared } from './run-log.ts';

export type Totals = ItemPrepared['before'];

/** What the front holds of an item over all its locations. */
export function totalsOf({ locations }: Pick<Explanation, 'locations'>): Totals {
  const onHand: Partial<Record<StockStatus, number>> = {};
  let committed = 0;
  for (const location of locations) {
    committed += location.committed;
    for (const status of statusesOf(location.on_hand)) onHand[status] = (onHand[status] ?? 0) + (location.on_hand[status] ?? 0);
  }
  return { onHand, committed };
}

export function statusesOf(onHand: Partial<Record<StockStatus, number>>): StockStatus[] {
  return STOCK_STATUSES.filter((status) => onHand[status] !== undefined);
}
