import type { TakeOrder } from '../command.ts';
import type { Sku } from '../ids.ts';
import { heldAs, skusOf, takenOf, type Adopting, type Cart } from './cart.ts';
import { course, type Course } from './order.ts';

/** Every object books its share of the order. None can refuse a fact, so nothing is tried or asked before (R30c). */
export function adoptOrder(cart: Cart, { id, source, books, orderRef, mark, placedAtMs }: Adopting): Course {
  const linesOf = partsBySku(cart);
  return course({
    do: skusOf(cart).map((sku) => ({
      sku,
      command: {
        type: 'take_order',
        reservation: heldAs(cart),
        channel: cart.channel,
        lines: linesOf.get(sku) ?? [],
        id,
        source,
        books,
        orderRef,
        mark,
        placedAtMs,
      },
    })),
  });
}

/** What each SKU has to give for the lines of a cart. */
export function partsBySku({ lines }: Pick<Cart, 'lines'>): ReadonlyMap<Sku, TakeOrder['lines']> {
  const linesOf = new Map<Sku, TakeOrder['lines'][number][]>();
  for (const one of lines) {
    const { line, at, parts } = one;
    const quantity = takenOf(one);
    if (quantity === 0) continue;
    for (const { sku, units } of parts) {
      const asked = { line, quantity: quantity * units, at, soldAs: { sku: one.sku, units } };
      linesOf.set(sku, [...(linesOf.get(sku) ?? []), asked]);
    }
  }
  return linesOf;
}
