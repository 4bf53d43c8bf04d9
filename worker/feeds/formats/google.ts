import type { FeedFormat, FeedItem } from '../format.ts';
import { isInertBetweenTabs, isLine, tsvRow, xmlText } from './cells.ts';

/**
 * Google Merchant Center, product data as a supplemental feed: what is here is laid over the primary feed, which has title, price,
 * link and image, and for `preorder` and `backorder` the `availability_date`.
 *
 * | field | where from |
 * | --- | --- |
 * | id | the listing |
 * | availability | `in_stock`, `out_of_stock`, `preorder`, `backorder` (product data specification; upper case in the Merchant API) |
 */
export const googleTsv: FeedFormat = {
  contentType: 'text/tab-separated-values',
  begin: () => tsvRow(['id', 'availability']),
  item: (item) => (isInertBetweenTabs(item.listing) ? tsvRow([item.listing, availabilityOf(item)]) : null),
  end: () => '',
};

/** The same as RSS 2.0 with Google's namespace. */
export const googleRss: FeedFormat = {
  ...rss(),
  item: (item) => (isLine(item.listing) ? rssItem({ 'g:id': item.listing, 'g:availability': availabilityOf(item) }) : null),
};

/**
 * Local inventory: what each store has.
 *
 * | field | where from |
 * | --- | --- |
 * | store_code | the channel's name of the place; the store code of the Business Profile |
 * | id | the listing |
 * | quantity | the level at that place |
 * | availability | `in_stock`, `out_of_stock` (local inventory specification) |
 */
export const googleLocalTsv: FeedFormat = {
  contentType: 'text/tab-separated-values',
  begin: () => tsvRow(['store_code', 'id', 'quantity', 'availability']),
  item: (item) =>
    stores(item, isInertBetweenTabs, ({ place, quantity }) => tsvRow([place, item.listing, quantity, inStore(quantity)])),
  end: () => '',
};

export const googleLocalRss: FeedFormat = {
  ...rss(),
  item: (item) =>
    stores(item, isLine, ({ place, quantity }) =>
      rssItem({
        'g:store_code': place,
        'g:id': item.listing,
        'g:quantity': String(quantity),
        'g:availability': inStore(quantity),
      }),
    ),
};

/** What is not there is out of stock, whatever it is called; what is called discontinued and is there can be bought. */
function availabilityOf({ quantity, status }: FeedItem): string {
  if (quantity === 0) return 'out_of_stock';
  return status === 'preorder' || status === 'backorder' ? status : 'in_stock';
}

function inStore(quantity: number): string {
  return quantity > 0 ? 'in_stock' : 'out_of_stock';
}

function stores(
  { listing, places }: FeedItem,
  fits: (name: string) => boolean,
  row: (place: FeedItem['places'][number]) => string,
): string | null {
  const told = places.filter(({ place }) => fits(place));
  return fits(listing) ? told.map(row).join('') : null;
}

function rss(): Omit<FeedFormat, 'item'> {
  return {
    contentType: 'application/rss+xml',
    begin: ({ channel }) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n<title>${xmlText(channel)}</title><link>https://merchants.google.com/</link><description>Availability</description>\n`,
    end: () => '</channel></rss>\n',
  };
}

function rssItem(fields: Readonly<Record<string, string>>): string {
  const written = Object.entries(fields).map(([name, text]) => `<${name}>${xmlText(text)}</${name}>`);
  return `<item>${written.join('')}</item>\n`;
}
