import type { Cancel, Fulfill, Release } from '../command.ts';
import { whole, type Cart } from './cart.ts';
import { needed, type Needed } from './needed.ts';
import { course, NOTHING, ofCart, refuse, type Order, type Planned } from './order.ts';
import { watchedAmong } from './sell-cart.ts';

/** Open units go back, of each object what it holds; nobody can refuse it. */
export function releaseCart(cart: Cart, command: Release): Planned {
  const given = needed(cart, command.lines, 'open');
  if (given === null) return refuse('exceeds_reservation');
  if (given.size === 0) return NOTHING;
  const pinned = whole(cart).term.kind === 'pinned';
  return course({ do: ordersFor(cart, command, given), after: pinned ? watchedAmong(cart, stillOpen(cart, given)) : [] });
}

function stillOpen(cart: Cart, given: Needed) {
  return cart.held.flatMap(({ sku, reservation }) => {
    const gone = given.get(sku) ?? [];
    const left = reservation?.lines.some(({ line, open }) => open > (gone.find((one) => one.line === line)?.quantity ?? 0));
    return left === true ? [sku] : [];
  });
}

/** What an order is still owed leaves, or is cancelled. Whether the goods are there to leave, each object is asked first (R29). */
export function settleCart(cart: Cart, command: Fulfill | Cancel): Planned {
  if (whole(cart).lines.every(({ owed }) => owed === 0)) return refuse('not_committed');
  const settled = needed(cart, command.lines, 'owed');
  if (settled === null) return refuse('exceeds_reservation');
  if (settled.size === 0) return NOTHING;
  const orders = ordersFor(cart, command, settled);
  const several = orders.length > 1;
  return command.type === 'fulfill' ? course({ check: several ? orders : [], try: orders }) : course({ do: orders });
}

function ordersFor(cart: Cart, command: Release | Fulfill | Cancel, units: Needed): readonly Order[] {
  return [...units].map(([sku, lines]) => ({ sku, command: { ...command, ...ofCart(cart), lines } }));
}
