import type { ShortOf, Sourced } from './command.ts';
import type { Buyers } from './decision.ts';
import { listUnder } from './live.ts';
import { grant, inOrder, type Grant } from './grant.ts';
import type { ReservationId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { Wish } from './purse.ts';
import type { Reservation, Split, Stock } from './stock.ts';

/**
 * How many units a buyer may still have of the item; Infinity where no cap is set. Whoever does not say who they are is
 * somebody else with every reservation.
 */
export function leftForBuyer(
  stock: Stock,
  { id, buyer }: Pick<Reservation, 'id' | 'buyer'>,
  { nowMs, buyers }: { readonly nowMs: number; readonly buyers: Buyers },
): number {
  const cap = stock.item?.policy.buyerCap ?? null;
  if (cap === null) return Infinity;
  const sinceMs = nowMs - cap.periodSeconds * 1_000;
  const known = buyer === null ? [id] : [...(listOfBuyers(stock).get(buyer) ?? [])];
  const inSight = known.flatMap((one) => stock.live.get(one) ?? []).filter(({ createdAtMs }) => createdAtMs > sinceMs);
  const before =
    buyer === null ? [] : buyers.boughtSince(buyer, sinceMs).filter(({ reservation }) => !stock.live.has(reservation));
  const had = inSight.reduce((total, one) => total + unitsHad(one), 0);
  return cap.quantity - before.reduce((total, { fulfilled }) => total + fulfilled, had);
}

function listOfBuyers(stock: Stock): ReadonlyMap<string, ReadonlySet<ReservationId>> {
  if (stock.byBuyer !== null) return stock.byBuyer;
  const byBuyer = new Map<string, Set<ReservationId>>();
  for (const { id, buyer } of stock.live.values()) if (buyer !== null) listUnder(byBuyer, buyer, id);
  stock.byBuyer = byBuyer;
  return byBuyer;
}

/** Promised or gone; what came to nothing is given back. */
export function unitsHad({ lines }: Pick<Reservation, 'lines'>): number {
  return lines.reduce((total, { open, owed, fulfilled }) => total + open + owed + fulfilled, 0);
}

export interface CappedGrant extends Grant {
  /** What leaves less than was asked for: of stock and cap the one that leaves less. */
  readonly shortOf: ShortOf;
}

/** A grant that takes no more than a buyer may still have, in the order of the lines. */
export function grantWithin(left: number, offered: Offer, wishes: readonly Wish[], split: Split, sourced?: Sourced): CappedGrant {
  const byStock = grant(offered, wishes, split, sourced);
  if (byStock.units.reduce((total, { quantity }) => total + quantity, 0) <= left)
    return { ...byStock, shortOf: 'insufficient_stock' };

  let rest = Math.max(0, left);
  const lowered = wishes.flatMap((wish, index) => {
    const quantity = Math.min(rest, byStock.units[index]?.quantity ?? 0);
    rest -= quantity;
    return quantity > 0 ? [{ ...wish, quantity }] : [];
  });
  return { ...inOrder(wishes, grant(offered, lowered, split, sourced).units), shortOf: 'buyer_cap_exceeded' };
}
