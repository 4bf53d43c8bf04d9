import { isOfCart, publicId } from './cart/cart.ts';
import type { Move, Stated } from './command.ts';
import { newestOrder } from './decision.ts';
import type { Change, Event, Told } from './event.ts';
import { isUnnamed, markedUnits, unnamedMove } from './erp-order.ts';
import type { ReservationId } from './ids.ts';
import { lateBase, onHandOfLate } from './late.ts';
import { byAge, isLive, takeUnits, unitsOf } from './reservation.ts';
import type { Line, Place, Placed, Reservation, Stock } from './stock.ts';

/** Books what happened outside, also below zero (R26). Goods that left for a commitment of ours settle it once (R30b). */
export function decideMove(stock: Stock, move: Move, nowMs: number): readonly Event[] {
  const occurredAtMs = Math.min(move.occurredAtMs ?? nowMs, nowMs);
  const leaves = (move.kind === 'sold' || move.kind === 'shipped') && move.status === 'sellable';
  const { events, left } = leaves ? settle(stock, move, occurredAtMs) : { events: [], left: move.quantity };
  return left === 0 ? events : [...events, moved(stock, { ...move, quantity: left }, occurredAtMs)];
}

function moved(stock: Stock, move: Move, occurredAtMs: number): Event {
  const { id, source, books, kind, quantity, reason } = move;
  const changes = changesOf(move).map((change) =>
    isLate(stock, move, change, occurredAtMs) ? { ...change, onHand: 0 } : change,
  );
  return { type: 'moved', id, source, books, kind, quantity, reason, ...toldBy(move, occurredAtMs), changes };
}

function changesOf({ kind, location, status, quantity, to }: Move): readonly Change[] {
  switch (kind) {
    case 'received':
    case 'returned':
    case 'adjusted':
      return [{ location, status, onHand: quantity }];
    case 'sold':
    case 'shipped':
      return [{ location, status, onHand: -quantity }];
    case 'transferred':
    case 'status_changed':
      return to === null
        ? []
        : [
            { location, status, onHand: -quantity },
            { ...to, onHand: quantity },
          ];
  }
}

/** The commitments that the fact names, oldest first, as far as its units go. */
function settle(stock: Stock, move: Move, occurredAtMs: number): { readonly events: readonly Event[]; readonly left: number } {
  const events: Event[] = [];
  let left = move.quantity;
  for (const reservation of namedBy(stock, move)) {
    for (const line of reservation.lines) {
      const quantity = Math.min(left, line.owed);
      if (quantity === 0) continue;
      events.push(
        ...brought(stock, reservation, line, quantity, move, occurredAtMs),
        shipped(stock, reservation, line, quantity, move, occurredAtMs),
      );
      left -= quantity;
    }
  }
  return { events, left };
}

function namedBy(stock: Stock, { reservation, orderRef }: Move): readonly Reservation[] {
  const known = reservation === null ? [] : heldUnder(stock, reservation);
  const ids = known.length > 0 ? known : orderRef === null ? [] : [...(stock.byOrder.get(orderRef) ?? [])];
  return ids.flatMap((id) => stock.live.get(id) ?? []).sort(byAge);
}

/** A fact names a cart by its public id; a later attempt of it holds its units here under a name of its own. */
function heldUnder(stock: Stock, named: ReservationId): readonly ReservationId[] {
  const known = stock.live.get(named);
  if (known !== undefined && isLive(known)) return [named];
  return isOfCart(named) ? [...stock.live.keys()].filter((id) => publicId(id) === named) : [];
}

/** Units that were promised elsewhere, or nowhere yet, are promised here before they leave from here (R34). */
function brought(
  stock: Stock,
  reservation: Reservation,
  line: Line,
  quantity: number,
  move: Move,
  occurredAtMs: number,
): readonly Event[] {
  const { location } = move;
  const here = unitsOf(line.owedAt.filter((placed) => placed.location === location));
  const elsewhere = line.owedAt.filter((placed) => placed.location !== location);
  const missing = Math.max(0, quantity - here);
  const moves = takeUnits(line.line, elsewhere, unitsOf(elsewhere), Math.min(missing, unitsOf(elsewhere)), 'placed').placed;
  const placed = missing - unitsOf(moves);
  const common = {
    reservation: reservation.id,
    orderRef: newestOrder(reservation),
    class: 'owed',
    line: line.line,
  } as const;
  return [
    ...moves.map((from): Event => ({
      type: 'reallocated',
      ...common,
      from: from.location,
      at: { location, quantity: from.quantity },
      ...leftPlace(stock, reservation, line, from, move, occurredAtMs),
    })),
    ...(placed > 0
      ? [{ type: 'placed', ...common, at: { location, quantity: placed }, ...unnamedMove(reservation) } as const]
      : []),
  ];
}

/** Of the ERP's own order: whether it named the place that was left, and if it was the ERP that left it, what its count holds. */
function leftPlace(
  stock: Stock,
  { books }: Reservation,
  { at }: Line,
  from: Placed,
  move: Move,
  occurredAtMs: number,
): Pick<Extract<Event, { type: 'reallocated' }>, 'unnamed' | 'stated' | 'onHand'> {
  if (books !== 'erp') return {};
  if (isUnnamed(books, at, from.location)) return { unnamed: 'both' };
  if (move.books === 'front') return { unnamed: 'to' };
  const base = lateBase(stock, move, { location: from.location, status: 'sellable' }, occurredAtMs);
  return { unnamed: 'to', stated: statedBy(move, occurredAtMs), onHand: onHandOfLate(base, -from.quantity) };
}

function shipped(stock: Stock, reservation: Reservation, line: Line, quantity: number, move: Move, occurredAtMs: number): Event {
  const { location } = move;
  const base = lateBase(stock, move, { location, status: 'sellable' }, occurredAtMs);
  const lines = markedUnits(reservation, [{ line: line.line, quantity, placed: [{ location, quantity }] }]);
  const unnamed = lines.some((units) => units.unnamed === true);
  return {
    type: 'shipped',
    reservation: reservation.id,
    channel: reservation.channel,
    orderRef: move.orderRef ?? newestOrder(reservation),
    location,
    lines,
    // A count that held this already stays true: of `on_hand` the units are gone, of `on_hand_minus_committed` both sides
    // move; units that it never held as committed are gone from either.
    onHand: base !== null && (unnamed || base.meaning === 'on_hand') ? 0 : -quantity,
    stated: statedBy(move, occurredAtMs),
  };
}

function statedBy(move: Move, occurredAtMs: number): Stated & Told {
  return { id: move.id, source: move.source, books: move.books, ...toldBy(move, occurredAtMs) };
}

function toldBy({ orderRef, document, mark }: Move, occurredAtMs: number): Told {
  return { orderRef, document, mark, occurredAtMs };
}

function isLate(stock: Stock, move: Move, place: Place, occurredAtMs: number): boolean {
  return lateBase(stock, move, place, occurredAtMs) !== null;
}
