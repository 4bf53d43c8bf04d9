import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { OrderReply } from '../../contracts/orders.ts';
import type { AdoptOrder } from '../../domain/cart/cart.ts';
import type { Sku } from '../../domain/ids.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { Refused } from '../refused.ts';
import type { CartGateway } from '../stock/cart-gateway.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { outcomeOf, tellObjects, type FactOfSku } from '../stock/tell-objects.ts';
import type { StatedOrder } from './order-registry.ts';

export type Booked = Pick<OrderReply, 'outcome' | 'code' | 'detail' | 'sequence'>;

export interface Books {
  readonly stock: StockGateway;
  readonly carts: CartGateway;
}

/** Each order in its object, or through the coordinator of a cart. Whoever is too busy fails the whole, which may be sent again. */
export async function bookOrders(
  orders: readonly StatedOrder[],
  correlationId: string,
  { stock, carts }: Books,
): Promise<ReadonlyMap<StatedOrder, Booked> | Refused> {
  const plain = orders.flatMap((order) => (order.sku === null ? [] : [{ order, sku: order.sku }]));
  const several = orders.filter(({ sku }) => sku === null);
  const [told, adopted] = await Promise.all([
    tellObjects(
      plain.map(({ order, sku }) => factOf(order, sku)),
      stock,
      correlationId,
    ),
    inParallel(several, OBJECTS_AT_ONCE_MAX, (order) => adopt(order, correlationId, carts)),
  ]);
  if (told instanceof Refused) return told;
  const booked = new Map<StatedOrder, Booked>();
  for (const [index, { order }] of plain.entries()) booked.set(order, bookedBy(outcomeOf(told[index])));
  for (const [index, outcome] of valuesOf(adopted).entries()) {
    if (outcome instanceof Refused) return outcome;
    const order = several[index];
    if (order !== undefined) booked.set(order, outcome);
  }
  return booked;
}

function factOf(
  { reservation, channel, orderRef, lines, id, source, books, mark, placedAtMs }: StatedOrder,
  sku: Sku,
): FactOfSku {
  const plain = lines.map(({ line, quantity, at }) => ({ line, quantity, at }));
  return {
    sku,
    fact: { type: 'take_order', reservation, channel, orderRef, lines: plain, id, source, books, mark, placedAtMs },
  };
}

function bookedBy({ outcome, ...rest }: ReturnType<typeof outcomeOf>): Booked {
  if (outcome === 'stale' || outcome === 'deferred') throw new Error('an order is no count');
  return { outcome, ...rest };
}

async function adopt(order: StatedOrder, correlationId: string, carts: CartGateway): Promise<Booked | Refused> {
  const { reservation: cart, hash, channel, orderRef, lines, id, source, books, mark, placedAtMs } = order;
  const command: AdoptOrder = { type: 'adopt', cart, channel, orderRef, lines, id, source, books, mark, placedAtMs };
  // What is written down first is what is booked, so the same order is always the same content.
  const result = await carts.execute(hash, { command, key: { hash, fingerprint: 'order' }, correlationId });
  if (result instanceof Refused) return result;
  switch (result.outcome) {
    case 'answered':
      if (!result.answer.accepted) throw new Error(`an order was refused: ${result.answer.rejection.code}`);
      return { outcome: result.replay === null ? 'applied' : 'duplicate' };
    case 'key_in_progress':
    case 'overloaded':
    case 'unknown':
      return new Refused('overloaded', `order ${id}: not all of its items answered; it goes on, send it again to hear of it`);
    case 'key_reused':
    case 'too_many_operations':
      throw new Error('an order is adopted once');
  }
}
