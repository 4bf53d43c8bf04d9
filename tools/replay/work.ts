import type { Sku } from '../../domain/ids.ts';
import { classify, type SkipReason } from './classify.ts';
import { rowsUntil, type OrderFile, type OrderRow } from './order-file.ts';
import type { Stocked } from './replay-row.ts';

export interface Work {
  readonly rows: readonly { readonly row: OrderRow; readonly meaning: Stocked }[];
  /** Every item that the rows move, with the description that came first. */
  readonly names: ReadonlyMap<Sku, string>;
  readonly skipped: ReadonlyMap<SkipReason | 'unreadable', number>;
}

/** What of the file is to be replayed, and what is not and why. */
export function workOf(orders: Pick<OrderFile, 'rows' | 'unreadable'>, lastDay: string | null): Work {
  const rows: { row: OrderRow; meaning: Stocked }[] = [];
  const names = new Map<Sku, string>();
  const skipped = new Map<SkipReason | 'unreadable', number>();
  for (const row of rowsUntil(orders.rows, lastDay)) {
    const meaning = classify(row);
    if (meaning.kind === 'skipped') {
      skipped.set(meaning.reason, (skipped.get(meaning.reason) ?? 0) + 1);
      continue;
    }
    rows.push({ row, meaning });
    names.set(row.stock_code, names.get(row.stock_code) || row.description);
  }
  if (orders.unreadable.length > 0) skipped.set('unreadable', orders.unreadable.length);
  return { rows, names, skipped };
}
