import { QUANTITY_MAX } from '../../contracts/limits.ts';
import type { Order } from '../../contracts/orders.ts';
import type { CartLine } from '../../domain/cart/cart.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Names } from '../catalogue/names.ts';
import { Refused } from '../refused.ts';
import { cartIdOf, requestHash, reservationIdOf } from '../request/reservation-id.ts';
import { lineNames, namedLines, onlySkuOf, type LineNames } from '../stock/named-lines.ts';
import type { StatedOrder } from './order-registry.ts';

/** What the names in orders stand for, all of them looked up together; one that is wrong is refused alone. */
export async function understandOrders(
  read: readonly (Order | Refused)[],
  names: Names,
): Promise<readonly (StatedOrder | Refused)[]> {
  const lines = read.flatMap((one) => (one instanceof Refused ? [] : one.lines));
  const known = await lineNames(lines, names);
  return Promise.all(read.map(async (one) => (one instanceof Refused ? one : understood(one, names, known))));
}

async function understood(order: Order, names: Names, known: LineNames): Promise<StatedOrder | Refused> {
  const { id, source, order_ref: orderRef, placed_at: placedAtMs, mark = null } = order;
  const books = await names.source(source);
  if (books instanceof Refused) return books;
  const channel = await names.channel(order.channel);
  if (channel instanceof Refused) return channel;
  const named = namedLines(order.lines, known);
  if (named instanceof Refused) return named;
  // Where the channel does not sell from, and of what is stopped, the order was accepted all the same (R26).
  const lines = named.map(({ line }) => line);
  const excess = moreThanOneEntry(lines);
  if (excess !== null) return excess;
  const sku = onlySkuOf(lines);
  const hash = await requestHash(source, id);
  const reservation = sku === null ? cartIdOf(hash) : reservationIdOf(sku, hash);
  return { id, source, books, orderRef, placedAtMs, mark, channel: channel.id, lines, sku, hash, reservation };
}

/** Stock bounds what a plan takes, and only this a fact: units at one place become one entry, and no ERP takes a larger one. */
function moreThanOneEntry(lines: readonly CartLine[]): Refused | null {
  const unitsOf = new Map<Sku, number>();
  for (const { quantity, parts } of lines)
    for (const { sku, units } of parts) unitsOf.set(sku, (unitsOf.get(sku) ?? 0) + quantity * units);
  const most = [...unitsOf].find(([, units]) => units > QUANTITY_MAX);
  return most === undefined
    ? null
    : new Refused('invalid_request', `lines: ${most[1]} units of ${most[0]} are more than ${QUANTITY_MAX}`);
}
