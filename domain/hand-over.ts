import { leftForBuyer, unitsHad } from './buyer-cap.ts';
import type { HandOver, ShortLine } from './command.ts';
import { accept, insufficient, type Context, type Decision } from './decision.ts';
import type { Reservation, Stock } from './stock.ts';

/** R41: units, places and the deadline stay as they are, so there is no moment at which somebody else could have them. */
export function handOver(stock: Stock, was: Reservation, command: HandOver, context: Context): Decision {
  const { buyer = was.buyer, reference = was.reference ?? null } = command;
  if (buyer === was.buyer && reference === (was.reference ?? null)) return accept();
  const over = buyer === was.buyer || command.back === true ? [] : beyondCap(stock, { ...was, buyer }, context);
  if (over.length > 0) return insufficient(over, 'buyer_cap_exceeded');
  return accept({ type: 'handed_over', reservation: was.id, buyer, reference });
}

/** The lines of which the new buyer may not have all; what began before the cap's period does not count. */
function beyondCap(stock: Stock, reservation: Reservation, context: Context): readonly ShortLine[] {
  const periodMs = (stock.item?.policy.buyerCap?.periodSeconds ?? 0) * 1_000;
  if (reservation.createdAtMs <= context.nowMs - periodMs) return [];
  // Whoever does not say who they are is somebody else with every reservation, and has had nothing but this one.
  const own = reservation.buyer === null ? unitsHad(reservation) : 0;
  let left = Math.max(0, leftForBuyer(stock, reservation, context) + own);
  return reservation.lines.flatMap(({ line, open, owed, fulfilled }) => {
    const requested = open + owed + fulfilled;
    const available = Math.min(left, requested);
    left -= available;
    return available < requested ? [{ line, requested, available }] : [];
  });
}
