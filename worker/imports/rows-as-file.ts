import type { ImportRow } from '../../contracts/imports.ts';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import { csvRow } from '../replies/csv-row.ts';

type Page = (after: number, limit: number) => Promise<readonly ImportRow[]>;

/** All rows as a file, page by page as they are fetched. */
export function rowsAsFile(format: 'csv' | 'ndjson', page: Page): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const lineOf =
    format === 'csv'
      ? (row: ImportRow): string => csvRow(COLUMNS.map((name) => row[name]))
      : (row: ImportRow): string => `${JSON.stringify(row)}\n`;
  let after = 0;
  return new ReadableStream({
    start: (controller) => {
      if (format === 'csv') controller.enqueue(encoder.encode(csvRow(COLUMNS)));
    },
    pull: async (controller) => {
      const rows = await page(after, PAGE_ITEMS_MAX);
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.map(lineOf).join('')));
      if (rows.length < PAGE_ITEMS_MAX) controller.close();
      after = rows.at(-1)?.row ?? after;
    },
  });
}

const COLUMNS = ['row', 'id', 'outcome', 'code', 'detail'] as const;
