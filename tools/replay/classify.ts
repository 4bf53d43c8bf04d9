import type { OrderRow } from './order-file.ts';

const SKIP_REASONS = ['no_goods', 'zero_quantity', 'negative_unexplained', 'cancellation_positive'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What a row of an order export means for stock. Quantities are positive here; the class says which way they go. */
export type Meaning =
  | { readonly kind: 'sale' | 'return' | 'write_off'; readonly quantity: number }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

export function classify(row: OrderRow): Meaning {
  // Goods have numbers; postage, discounts, fees and samples have words.
  if (!/^\d/.test(row.stock_code)) return skipped('no_goods');
  if (row.quantity === 0) return skipped('zero_quantity');

  const cancellation = /^c/i.test(row.invoice_no);
  if (row.quantity > 0) return cancellation ? skipped('cancellation_positive') : { kind: 'sale', quantity: row.quantity };
  if (cancellation) return { kind: 'return', quantity: -row.quantity };
  if (row.unit_price === 0 && row.customer_id === '') return { kind: 'write_off', quantity: -row.quantity };
  return skipped('negative_unexplained');
}

function skipped(reason: SkipReason): Meaning {
  return { kind: 'skipped', reason };
}
