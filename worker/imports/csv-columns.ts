import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import type { FileKind } from '../../contracts/imports.ts';
import { Refused } from '../refused.ts';

/** What a CSV file says of itself in its first line. */
export const csvLayout = z.object({ delimiter: z.string().length(1), columns: z.array(z.string()) });
export type CsvLayout = z.output<typeof csvLayout>;

const NAMED = ['sku', 'sku_system', 'location', 'location_system', 'quantity', 'unit'] as const;
const COLUMNS = {
  movements: {
    needed: ['id', 'kind', 'sku', 'location', 'quantity', 'occurred_at'],
    others: [
      'status',
      'to_location',
      'to_location_system',
      'to_status',
      'reason',
      'document',
      'reservation',
      'order_ref',
      'mark',
    ],
  },
  counts: { needed: ['id', 'sku', 'location', 'quantity', 'meaning', 'as_of'], others: ['status', 'mark'] },
  orders: { needed: ['id', 'channel', 'order_ref', 'sku', 'quantity', 'placed_at'], others: ['mark'] },
  aliases: { needed: ['kind', 'system', 'external_id'], others: ['sku', 'location'] },
} as const satisfies Record<FileKind, { readonly needed: readonly string[]; readonly others: readonly string[] }>;

// A German spreadsheet writes semicolons.
const DELIMITERS = [',', ';', '\t'] as const;

/** The columns of a header, or a refusal that says what was expected: a typing error must not cost a column's values. */
export function layoutOf(header: string, kind: FileKind): CsvLayout | Refused {
  const { needed, others } = COLUMNS[kind];
  const known = new Set<string>([...needed, ...others, ...(kind === 'aliases' ? [] : [...NAMED, 'source'])]);
  const read = DELIMITERS.map((delimiter) => ({ delimiter, columns: cellsOf(header, delimiter) }));
  const layouts = read.flatMap(({ delimiter, columns }) =>
    columns === null ? [] : [{ delimiter, columns: columns.map((name) => name.trim().toLowerCase()) }],
  );
  // Whichever splits it into most columns is meant.
  const layout = layouts.toSorted((a, b) => b.columns.length - a.columns.length)[0] ?? { delimiter: ',', columns: [header] };
  const missing = needed.filter((name) => !layout.columns.includes(name));
  const unknown = layout.columns.filter((name) => !known.has(name));
  const twice = layout.columns.filter((name, index) => layout.columns.indexOf(name) < index);
  if (missing.length + unknown.length + twice.length === 0) return layout;
  const wrong = [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.slice(0, 5).map((name) => `${JSON.stringify(name.slice(0, 40))} is not known`),
    ...twice.slice(0, 5).map((name) => `${name} is there twice`),
  ];
  return new Refused(
    'invalid_request',
    `the first line: ${wrong.join(', ')}. A file of ${kind} names ${needed.join(', ')}, and may name ${[...known].filter((name) => !needed.some((one) => one === name)).join(', ')}`,
  );
}

/** null: its quotes are wrong. */
export function cellsOf(record: string, delimiter: string): readonly string[] | null {
  try {
    const [cells, ...more] = parse(record, { delimiter, relax_column_count: true }) as readonly (readonly string[])[];
    return cells === undefined || more.length > 0 ? null : cells;
  } catch {
    return null;
  }
}
