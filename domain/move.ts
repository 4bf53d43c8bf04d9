import { isOfCart, publicId } from './cart/cart.ts';
import type { Move } from './command.ts';
import type { Change, Event, Told, Units } from './event.ts';
import type { LocationId, ReservationId } from './ids.ts';
import { byAge, isLive, takeUnits, unitsOf } from './reservation.ts';
import { placeKey, type Base, type Line, type Place, type Reservation, type Stock } from './stock.ts';

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
        ...brought(reservation, line, quantity, move.location),
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
function brought(reservation: Reservation, line: Line, quantity: number, location: LocationId): readonly Event[] {
  const here = unitsOf(line.owedAt.filter((placed) => placed.location === location));
  const elsewhere = line.owedAt.filter((placed) => placed.location !== location);
  const missing = Math.max(0, quantity - here);
  const common = {
    reservation: reservation.id,
    orderRef: reservation.orderRefs.at(-1) ?? null,
    class: 'owed',
    line: line.line,
  } as const;
  const moves = takeUnits(line.line, elsewhere, unitsOf(elsewhere), Math.min(missing, unitsOf(elsewhere)), 'placed').placed;
  const placed = missing - unitsOf(moves);
  return [
    ...moves.map((from): Event => ({
      type: 'reallocated',
      ...common,
      from: from.location,
      at: { location, quantity: from.quantity },
    })),
    ...(placed > 0 ? [{ type: 'placed', ...common, at: { location, quantity: placed } } as const] : []),
  ];
}

function shipped(stock: Stock, reservation: Reservation, line: Line, quantity: number, move: Move, occurredAtMs: number): Event {
  const { location } = move;
  const base = lateBase(stock, move, { location, status: 'sellable' }, occurredAtMs);
  const units: Units = { line: line.line, quantity, placed: [{ location, quantity }] };
  return {
    type: 'shipped',
    reservation: reservation.id,
    channel: reservation.channel,
    orderRef: move.orderRef ?? reservation.orderRefs.at(-1) ?? null,
    location,
    lines: [units],
    // A count that held this already stays true: of `on_hand` the units are gone, of `on_hand_minus_committed` both sides move.
    onHand: base?.meaning === 'on_hand' ? 0 : -quantity,
    stated: { id: move.id, source: move.source, books: move.books, ...toldBy(move, occurredAtMs) },
  };
}

function toldBy({ orderRef, document, mark }: Move, occurredAtMs: number): Told {
  return { orderRef, document, mark, occurredAtMs };
}

function isLate(stock: Stock, move: Move, place: Place, occurredAtMs: number): boolean {
  return lateBase(stock, move, place, occurredAtMs) !== null;
}

/**
 * The count that already holds this fact, if any. The ERP's facts are compared with its own count, by mark (R34) or
 * where that has none by time; facts of everybody else by time with the newest stock-take (R35).
 */
function lateBase(stock: Stock, { books, source, mark }: Move, place: Place, occurredAtMs: number): Base | null {
  const bases = stock.balances.get(placeKey(place))?.bases ?? {};
  if (books === 'front') return Object.values(bases).find((base) => holdsByTime(base, 'front', occurredAtMs)) ?? null;
  const base = bases[source];
  if (base === undefined) return null;
  const holds = 'mark' in base ? mark !== null && mark <= base.mark : holdsByTime(base, 'erp', occurredAtMs);
  return holds ? base : null;
}

function holdsByTime(base: Base, books: Move['books'], occurredAtMs: number): boolean {
  return 'asOfMs' in base && base.books === books && occurredAtMs <= base.asOfMs;
}
