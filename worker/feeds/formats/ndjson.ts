import { written } from '../../replies/written.ts';
import type { FeedFormat } from '../format.ts';

/**
 * Our own: one JSON object a line. The first says what the file is, the last that it is whole.
 *
 * | field | where from |
 * | --- | --- |
 * | sku, name | the catalogue |
 * | listing | the channel's alias of the item, or our SKU |
 * | quantity, places | the channel's level (R85) |
 * | status | the word beside it, as in `GET /v1/availability` |
 * | sequence, as_of | at which the number is true (R39); of a kit the sum, and the oldest |
 */
export const ndjson: FeedFormat = {
  contentType: 'application/x-ndjson',
  begin: ({ kind, channel, nextSince, nowMs }) =>
    line({ type: 'feed', feed: kind, channel, generated_at: written(nowMs), next_since: nextSince }),
  item: ({ asOfMs, ...item }) => line({ type: 'item', ...item, as_of: written(asOfMs) }),
  end: ({ nextSince }, { items, leftOut }) => line({ type: 'end', items, left_out: leftOut, next_since: nextSince }),
};

/** Some readers take these for the end of a line too, as they stand. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

function line(value: object): string {
  const escaped = (end: string): string => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(LINE_ENDS, escaped)}\n`;
}
