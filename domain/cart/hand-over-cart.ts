import type { HandOver } from '../command.ts';
import { isLive } from '../reservation.ts';
import type { Cart } from './cart.ts';
import { course, NOTHING, ofCart, type Order, type Planned } from './order.ts';

/** R41: all of it changes hands or nothing: one object may say that its buyer has enough. What is closed stays whose it was. */
export function handOverCart(cart: Cart, command: HandOver): Planned {
  const { buyer = cart.buyer, reference = cart.reference ?? null } = command;
  if (buyer === cart.buyer && reference === (cart.reference ?? null)) return NOTHING;
  const to = (whose: Pick<HandOver, 'buyer' | 'reference' | 'back'>): readonly Order[] =>
    cart.held.flatMap(({ sku, reservation }) =>
      reservation !== null && isLive(reservation) ? [{ sku, command: { type: 'hand_over', ...ofCart(cart), ...whose } }] : [],
    );
  const orders = to({ buyer, reference });
  return course({
    check: orders.length > 1 ? orders : [],
    try: orders,
    undo: to({ buyer: cart.buyer, reference: cart.reference ?? null, back: true }),
    gains: { buyer, reference },
  });
}
