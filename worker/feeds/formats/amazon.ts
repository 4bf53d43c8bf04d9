import type { FeedFormat } from '../format.ts';
import { AMAZON_BYTES_MAX, AMAZON_MESSAGES_MAX } from '../limits.ts';

/**
 * Amazon's JSON_LISTINGS_FEED, version 2.0 (listings-feed-schema-v2): a message per listing.
 *
 * | field | where from |
 * | --- | --- |
 * | header.sellerId | `seller_id` of the request |
 * | messageId | the place in the file, from 1 |
 * | sku | the listing |
 * | operationType, op | PATCH, `merge`: a `replace` would drop the lead time and the restock date |
 * | productType | `product_type` of the request; PRODUCT is taken where only a quantity is patched |
 * | quantity | the level; of the sellers' own channel, DEFAULT |
 */
export const amazonJson: FeedFormat = {
  contentType: 'application/json',
  fileMax: { items: AMAZON_MESSAGES_MAX, bytes: AMAZON_BYTES_MAX },
  begin: ({ sellerId }) => `{"header":${JSON.stringify({ sellerId, version: '2.0' })},"messages":[\n`,
  item: ({ listing, quantity }, { productType }, written) => {
    const value = [{ fulfillment_channel_code: 'DEFAULT', quantity }];
    const patches = [{ op: 'merge', path: '/attributes/fulfillment_availability', value }];
    const message = { messageId: written + 1, sku: listing, operationType: 'PATCH', productType, patches };
    return `${written === 0 ? '' : ',\n'}${JSON.stringify(message)}`;
  },
  end: () => '\n]}\n',
};
