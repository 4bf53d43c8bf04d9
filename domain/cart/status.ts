import { isLive, statusOf, type ReservationStatus } from '../reservation.ts';
import { whole, type Cart } from './cart.ts';
import { bySku, partsHeld, unitsByClass } from './units.ts';

/**
 * Where the units of its lines are (SPEC §1). Of a cart that promises nothing any more that is said in units of the lines: parts
 * that a kit could not use went back at its beginning, and do not make of a cart that lapsed one that was released.
 */
export function statusOfCart(cart: Cart): ReservationStatus {
  const held = whole(cart);
  if (isLive(held)) return statusOf(held);
  const heldOf = bySku(cart.held);
  return statusOf({ lines: cart.lines.map((line) => unitsByClass(partsHeld(line, heldOf))), term: held.term });
}
