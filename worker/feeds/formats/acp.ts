import type { FeedFormat, FeedItem } from '../format.ts';

/**
 * The agents' product feed (Agentic Commerce Protocol 2026-04-17, UpsertProductsRequest): each listing is a product of one variant.
 *
 * | field | where from |
 * | --- | --- |
 * | products[].id, variants[].id | the listing |
 * | variants[].title | the item's name, else the listing (required there) |
 * | variants[].availability.available | whether the level is more than nothing |
 * | variants[].availability.status | `in_stock`, `limited_stock`, `backorder`, `preorder`, `out_of_stock`, `discontinued` |
 *
 * It has no room for a quantity, and we know no price, link or picture: another feed of the same ids has these.
 */
export const acp: FeedFormat = {
  contentType: 'application/json',
  begin: () => '{"products":[\n',
  item: (item, _, written) => {
    const { listing: id, name, quantity } = item;
    const availability = { available: quantity > 0, status: statusOf(item) };
    const product = { id, variants: [{ id, title: name ?? id, availability }] };
    return `${written === 0 ? '' : ',\n'}${JSON.stringify(product)}`;
  },
  end: () => '\n]}\n',
};

function statusOf({ quantity, status }: FeedItem): string {
  if (status === 'low_stock') return 'limited_stock';
  return quantity === 0 && status !== 'discontinued' ? 'out_of_stock' : status;
}
