import * as z from 'zod';
import { erpChange, type ErpMovement } from '../../contracts/generic-erp.ts';

/** A movement as it stands in the books. */
export type Entry = Omit<z.output<typeof erpChange>, 'reference'>;

// One statement gives whole entries: the lines come as JSON from a subquery.
export const ENTRY_COLUMNS = `number AS mark, key, kind, sku, order_ref, document, reason, occurred_at, traceparent,
  (SELECT json_group_array(json_object('location', location, 'status', status, 'on_hand', on_hand, 'committed', committed))
   FROM (SELECT * FROM entry_line WHERE entry = number ORDER BY line)) AS lines`;

const row = erpChange.omit({ reference: true }).extend({
  lines: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(erpChange.shape.lines),
});

export function entriesIn(result: D1Result | undefined): readonly Entry[] {
  return (result?.results ?? []).map((each) => row.parse(each));
}

/** The document number that people see. */
export function referenceOf(mark: number): string {
  return `SL-${String(mark).padStart(8, '0')}`;
}

/** Whether two movements say the same. The trace is how they came, not what they say. */
export function saySame(a: Content, b: Content): boolean {
  return contentOf(a) === contentOf(b);
}

type Content = Omit<ErpMovement, 'key' | 'traceparent'>;

function contentOf({ kind, sku, lines, order_ref, document, reason, occurred_at }: Content): string {
  const changes = lines.map(({ location, status, on_hand, committed }) => [location, status, on_hand, committed]);
  return JSON.stringify([kind, sku, changes, order_ref, document, reason, Date.parse(occurred_at)]);
}
