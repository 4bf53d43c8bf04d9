import { csvRow } from '../../replies/csv-row.ts';
import type { FeedFormat, FeedItem } from '../format.ts';
import { isInert } from './cells.ts';

/**
 * Meta's catalogue as a supplementary feed: it is laid over the items that the primary feed made.
 *
 * | field | where from |
 * | --- | --- |
 * | id | the listing (`retailer_id` in the Graph API) |
 * | availability | `in stock`, `out of stock`, `preorder`, `available for order`, `discontinued` (ProductItem.availability) |
 * | quantity_to_sell_on_facebook | the level (ProductItem, an integer) |
 */
export const metaCsv: FeedFormat = {
  contentType: 'text/csv',
  begin: () => csvRow(['id', 'availability', 'quantity_to_sell_on_facebook']),
  item: (item) => (isInert(item.listing) ? csvRow([item.listing, availabilityOf(item), item.quantity]) : null),
  end: () => '',
};

function availabilityOf({ quantity, status }: FeedItem): string {
  if (quantity === 0) return status === 'discontinued' ? 'discontinued' : 'out of stock';
  if (status === 'preorder') return 'preorder';
  return status === 'backorder' ? 'available for order' : 'in stock';
}
