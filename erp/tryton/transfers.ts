import type { LocationId } from '../../domain/ids.ts';
import type { Posting, PostingKind } from '../../domain/posting.ts';
import type { StockStatus } from '../../domain/stock.ts';
import type { Counterpart } from './books.ts';

/** Units that go from one end to the other: one move of Tryton's. */
export interface Transfer {
  readonly from: End;
  readonly to: End;
  readonly quantity: number;
}

export type End = { readonly location: LocationId; readonly status: StockStatus } | Counterpart;

/**
 * The moves that a posting calls for. What leaves one of its places and comes to another goes straight there; the rest
 * goes to, or comes from, whoever its kind says. A commitment alone moves nothing.
 */
export function transfersOf({ kind, lines }: Pick<Posting, 'kind' | 'lines'>): readonly Transfer[] {
  const left = lines.flatMap(({ onHand, ...place }) => (onHand < 0 ? [{ end: endOf(place), quantity: -onHand }] : []));
  const came = lines.flatMap(({ onHand, ...place }) => (onHand > 0 ? [{ end: endOf(place), quantity: onHand }] : []));
  const transfers: Transfer[] = [];
  let [from, to] = [left.shift(), came.shift()];
  while (from !== undefined || to !== undefined) {
    const quantity = Math.min(from?.quantity ?? Infinity, to?.quantity ?? Infinity);
    transfers.push({ from: from?.end ?? outside(kind), to: to?.end ?? outside(kind), quantity });
    from = rest(from, quantity) ?? left.shift();
    to = rest(to, quantity) ?? came.shift();
  }
  return transfers;
}

function endOf({ location, status }: { readonly location: LocationId; readonly status: StockStatus }): End {
  return { location, status };
}

interface Units {
  readonly end: End;
  readonly quantity: number;
}

function rest(units: Units | undefined, taken: number): Units | undefined {
  return units === undefined || units.quantity === taken ? undefined : { ...units, quantity: units.quantity - taken };
}

/** Where goods come from or go to that are at none of our places. */
function outside(kind: PostingKind): Counterpart {
  switch (kind) {
    case 'committed':
    case 'cancelled':
    case 'shipped':
    case 'reallocated':
    case 'sold':
    case 'returned':
      return 'customer';
    case 'received':
      return 'supplier';
    case 'adjusted':
    case 'transferred':
    case 'status_changed':
    case 'counted':
      return 'lost_found';
  }
}
