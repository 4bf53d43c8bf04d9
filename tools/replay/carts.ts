import { RESERVATION_LINES_MAX } from '../../contracts/limits.ts';
import type { OrderRow } from './order-file.ts';
import type { SalesChannel } from './sales-network.ts';

/** What one customer asks for at once. An invoice is one cart, or several where it is longer than a cart may be. */
export interface Cart {
  readonly invoice: string;
  /** From 1, among the carts of its invoice. */
  readonly part: number;
  readonly channel: SalesChannel;
  readonly buyer: string | null;
  /** In the order of the rows; one item may stand on several of them. */
  readonly lines: readonly CartLine[];
}

export interface CartLine {
  readonly row: OrderRow;
  readonly quantity: number;
}

/** The carts of all sale rows, in the order in which the invoices begin. */
export function cartsOf(sales: readonly CartLine[], home: string | null): Cart[] {
  const invoices = Map.groupBy(sales, ({ row }) => row.invoice_no);
  return [...invoices].flatMap(([invoice, lines]) =>
    Array.from({ length: Math.ceil(lines.length / RESERVATION_LINES_MAX) }, (_, index): Cart => {
      const part = lines.slice(index * RESERVATION_LINES_MAX, (index + 1) * RESERVATION_LINES_MAX);
      const buyer = buyerOf(lines);
      return { invoice, part: index + 1, channel: channelOf(lines, buyer, home), buyer, lines: part };
    }),
  );
}

/** The country that most rows name; where several do, the one that was named first. */
export function homeOf(rows: readonly Pick<OrderRow, 'country'>[]): string | null {
  const counts = new Map<string, number>();
  for (const { country } of rows) counts.set(country, (counts.get(country) ?? 0) + 1);
  return [...counts].toSorted(([, left], [, right]) => right - left)[0]?.[0] ?? null;
}

/** Who has no number bought at the till; who has one bought on the web, or abroad on a marketplace. */
function channelOf(lines: readonly CartLine[], buyer: string | null, home: string | null): SalesChannel {
  if (buyer === null) return 'store';
  return lines[0]?.row.country === home ? 'web' : 'marketplace';
}

function buyerOf(lines: readonly CartLine[]): string | null {
  return lines.find(({ row }) => row.customer_id !== '')?.row.customer_id ?? null;
}
