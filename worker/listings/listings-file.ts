import type { Listing } from '../../contracts/listings.ts';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import { csvRow } from '../replies/csv-row.ts';
import { listingKey, listListings, type ListingsAsked } from './list-listings.ts';

const COLUMNS = ['kind', 'system', 'external_id', 'sku', 'location'] as const;

/** All of them as a file that an import takes back (R89), page by page as they are fetched. */
export function listingsFile(
  db: D1Database,
  asked: Omit<ListingsAsked, 'after' | 'limit'>,
  format: 'csv' | 'ndjson',
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after = '';
  let begun = format === 'ndjson';
  return new ReadableStream({
    pull: async (controller) => {
      const page = await listListings(db, { ...asked, after, limit: PAGE_ITEMS_MAX });
      const head = begun ? '' : csvRow(COLUMNS);
      begun = true;
      controller.enqueue(encoder.encode(head + page.map(format === 'csv' ? asCsv : asJson).join('')));
      const last = page.at(-1);
      if (page.length < PAGE_ITEMS_MAX || last === undefined) controller.close();
      else after = listingKey(last);
    },
  });
}

/** Only what there is: an import refuses a name that is null, and says of which item. */
function asJson(listing: Listing): string {
  const fields = COLUMNS.flatMap((name) => (listing[name] === null ? [] : [[name, listing[name]] as const]));
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}

function asCsv(listing: Listing): string {
  return csvRow(COLUMNS.map((name) => doubled(listing[name])));
}

/** A name that begins as a cell does that was made inert gets one more quote, so that reading takes off exactly what was put on. */
function doubled(text: string | null): string | null {
  return text !== null && INERT.test(text) ? `'${text}` : text;
}

const INERT = /^'+[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** What a cell said before it was made inert. */
export function fromInert(cell: string): string {
  return INERT.test(cell) ? cell.slice(1) : cell;
}
