import type { FeedFormat } from '../format.ts';
import { isInert } from './cells.ts';

/**
 * Mirakl's STO01: `POST /api/offers/stock/imports` takes it; every five minutes is advised, once a minute is the most.
 *
 * | field | where from |
 * | --- | --- |
 * | offer-sku | the listing |
 * | quantity | the level, or its part at the warehouse |
 * | warehouse-code | the channel's name of the place, where it has names for places; empty: the whole |
 * | update-delete | `update` |
 *
 * Warehouses of one offer stand together, as STO01 asks.
 */
export const miraklSto01: FeedFormat = {
  contentType: 'text/csv',
  begin: () => row(['offer-sku', 'quantity', 'warehouse-code', 'update-delete']),
  item: ({ listing, quantity, places }, { namesPlaces }) => {
    if (!isInert(listing)) return null;
    if (!namesPlaces) return row([listing, quantity, '', 'update']);
    const warehouses = places.filter(({ place }) => isInert(place));
    return warehouses.map((one) => row([listing, one.quantity, one.place, 'update'])).join('');
  },
  end: () => '',
};

function row(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(';')}\n`;
}
