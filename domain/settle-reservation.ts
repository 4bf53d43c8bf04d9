import type { Cancel, Commit, Fulfill, LineQuantity, ShortLine } from './command.ts';
import { accept, exceeds, insufficient, lineOf, newestOrder, perLocation, reject, type Decision } from './decision.ts';
import { markedUnits } from './erp-order.ts';
import type { Event, Units } from './event.ts';
import type { LocationId } from './ids.ts';
import { takeUnits, unitsOf, without } from './reservation.ts';
import { onHandAt, type Line, type Reservation, type Stock } from './stock.ts';

export function commit(reservation: Reservation, command: Commit): Decision {
  const { id, lines } = reservation;
  const asked = command.lines ?? lines.map((line) => ({ line: line.line, quantity: line.open }));
  if (exceeds(reservation, asked, (line) => line.open)) return reject('exceeds_reservation');
  const taken = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined ? [] : [takeUnits(line, known.openAt, known.open, quantity, 'placed')];
  });
  const events: Event[] = perLocation(taken).map((part) => ({
    type: 'committed',
    reservation: id,
    orderRef: command.orderRef,
    lines: part,
  }));
  const rest = command.keepRest ? [] : restOf(lines, taken);
  if (rest.length > 0) events.push({ type: 'released', reservation: id, reason: 'rest', lines: rest });
  return accept(...events);
}

/** Open units that a commit leaves behind. */
function restOf(lines: readonly Line[], taken: readonly Units[]): readonly Units[] {
  return lines.flatMap((line) => {
    const units = taken.find((one) => one.line === line.line) ?? { quantity: 0, placed: [] };
    const left = line.open - units.quantity;
    return left > 0 ? [{ line: line.line, quantity: left, placed: without(line.openAt, units.placed) }] : [];
  });
}

export function cancel(reservation: Reservation, command: Cancel): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.owed }));
  const refusal = refusedOfOwed(reservation, asked);
  if (refusal !== null) return refusal;
  const taken = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined ? [] : [takeUnits(line, known.owedAt, known.owed, quantity, 'backordered')];
  });
  return accept(
    ...perLocation(taken).map((lines): Event => ({
      type: 'cancelled',
      reservation: reservation.id,
      orderRef: newestOrder(reservation),
      lines: markedUnits(reservation, lines),
    })),
  );
}

/** R29: goods leave only from where they are; facts that say otherwise come as movements. */
export function fulfill(stock: Stock, reservation: Reservation, command: Fulfill): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.owed }));
  const refusal = refusedOfOwed(reservation, asked);
  if (refusal !== null) return refusal;

  const there = new Map<LocationId, number>();
  const leftAt = (location: LocationId): number =>
    there.get(location) ?? Math.max(0, onHandAt(stock, { location, status: 'sellable' }));
  const taken: Units[] = [];
  const short: ShortLine[] = [];
  for (const { line, quantity } of asked) {
    const owedAt = lineOf(reservation, line)?.owedAt ?? [];
    const parts = owedAt.map(({ location, quantity: owed }) => ({ location, quantity: Math.min(owed, leftAt(location)) }));
    const units = takeUnits(line, parts, unitsOf(parts), Math.min(quantity, unitsOf(parts)), 'placed');
    for (const { location, quantity: gone } of units.placed) there.set(location, leftAt(location) - gone);
    if (units.quantity < quantity) short.push({ line, requested: quantity, available: units.quantity });
    else taken.push(units);
  }
  if (short.length > 0) return insufficient(short);
  return accept(
    ...perLocation(taken).flatMap((lines): readonly Event[] => {
      const location = lines[0]?.placed[0]?.location;
      if (location === undefined) return [];
      const onHand = -lines.reduce((total, units) => total + units.quantity, 0);
      return [
        {
          type: 'shipped',
          reservation: reservation.id,
          channel: reservation.channel,
          orderRef: newestOrder(reservation),
          location,
          lines: markedUnits(reservation, lines),
          onHand,
          stated: null,
        },
      ];
    }),
  );
}

/** Units still to fulfil are asked first, then how many: a reservation that owes nothing is `not_committed`. */
function refusedOfOwed(reservation: Reservation, asked: readonly LineQuantity[]): Decision | null {
  if (reservation.lines.every((line) => line.owed === 0)) return reject('not_committed');
  return exceeds(reservation, asked, (line) => line.owed) ? reject('exceeds_reservation') : null;
}
