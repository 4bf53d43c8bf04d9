import type { ReservationReply } from '../../contracts/reservations.ts';
import type { Problem } from './ask.ts';
import type { Cart } from './carts.ts';
import type { SaleFinished } from './run-log.ts';

export interface Sold {
  readonly reserved: ReservationReply;
  readonly pinned: ReservationReply;
  readonly committed: ReservationReply;
  readonly shipment: Shipment;
}

export interface Shipment {
  /** The newest answer about goods that left; null: none did. */
  readonly reply: ReservationReply | null;
  /** Why the goods of a line did not leave. */
  readonly codeOf: (line: number) => string | null;
}

/** How each row of a cart ended that was sold, wholly or in part. */
export function soldRows(cart: Cart, { reserved, pinned, committed, shipment }: Sold): SaleFinished[] {
  // The sequence at which the units were taken for good: what had lapsed was taken anew by the pin.
  const lapsed = reserved.expires_at !== null && Date.parse(pinned.as_of) >= Date.parse(reserved.expires_at);
  return cart.lines.map(({ row, quantity: asked }, index): SaleFinished => {
    const about = { row: row.row, sku: row.stock_code };
    const sold = committed.lines[index];
    if (sold === undefined || sold.committed === 0) {
      return { type: 'refused', ...about, quantity: asked, at: 'reserve', code: 'insufficient_stock', available: 0 };
    }
    return {
      type: 'committed',
      ...about,
      channel: cart.channel,
      asked,
      quantity: sold.committed,
      takenAt: (lapsed ? pinned : reserved).lines[index]?.sequence ?? 0,
      fulfilled: shipment.reply?.lines[index]?.fulfilled ?? 0,
      unfulfilledCode: shipment.codeOf(sold.line),
    };
  });
}

/** How each row of a cart ended that was refused as a whole. */
export function refusedRows(cart: Cart, at: 'reserve' | 'pin' | 'commit', { code, lines = [] }: Problem): SaleFinished[] {
  const available = new Map(lines.map((line) => [line.line, line.available]));
  return cart.lines.map(({ row, quantity }, index) => ({
    type: 'refused',
    row: row.row,
    sku: row.stock_code,
    quantity,
    at,
    code,
    available: available.get(index + 1) ?? null,
  }));
}

/** The places that something of the cart comes from: each is a parcel of its own. */
export function parcelsOf({ lines }: ReservationReply): number {
  return new Set(lines.flatMap(({ allocations }) => allocations.map(({ location }) => location))).size;
}
