import { csvRow } from '../../replies/csv-row.ts';
import { written } from '../../replies/written.ts';
import type { FeedFormat } from '../format.ts';

/** Our own, for spreadsheets (RFC 4180): a row per listing. The columns are those of `ndjson`, without places. */
export const csv: FeedFormat = {
  contentType: 'text/csv',
  begin: () => csvRow(['sku', 'listing', 'name', 'quantity', 'status', 'sequence', 'as_of']),
  item: ({ sku, listing, name, quantity, status, sequence, asOfMs }) =>
    csvRow([sku, listing, name, quantity, status, sequence, written(asOfMs)]),
  end: () => '',
};
