import { newestOrder } from './decision.ts';
import { unnamedMove } from './erp-order.ts';
import type { Event, UnitClass } from './event.ts';
import type { ChannelId, LocationId, ReservationId } from './ids.ts';
import { offers, type OfferedPlace } from './offer.ts';
import { placementsOf, type Surroundings } from './placement.ts';
import { byAge } from './reservation.ts';
import type { Line, Placed, Reservation, Stock } from './stock.ts';
import { debtsOf, termsOf } from './terms.ts';

/** Writes down what happened and changes the stock, so that the next step sees it. */
export type Recording = (events: readonly Event[]) => void;

/** Promises go to where units are free for their channel. Whoever asked for a place stays, and what may not be split moves whole. */
export function reallocate(stock: Stock, context: Surroundings, record: Recording): void {
  let free = freePlaces(stock, context);
  if (free.size === 0) return;
  for (const { id, line, unitClass } of movable(stock)) {
    const reservation = stock.live.get(id);
    const places = reservation === undefined ? undefined : free.get(reservation.channel);
    if (reservation === undefined || places === undefined) continue;
    const moves =
      reservation.split === 'never'
        ? wholeMove(stock, reservation, places)
        : partMoves(stock, reservation, line, unitClass, places);
    if (moves.length === 0) continue;
    record(moves);
    free = freePlaces(stock, context);
  }
}

/** Where each channel finds units now; a channel that finds none is not in it. */
function freePlaces(stock: Stock, context: Surroundings): ReadonlyMap<ChannelId, readonly OfferedPlace[]> {
  const offerTo = offers(termsOf(stock, context), context.network);
  return new Map(
    context.network.channels.flatMap(({ id }) => {
      const places = offerTo(id).places.filter(({ available }) => available > 0);
      return places.length > 0 ? [[id, places]] : [];
    }),
  );
}

interface Movable {
  readonly id: ReservationId;
  readonly line: number;
  readonly unitClass: UnitClass;
}

/** Promises at short places that nobody asked to have there: the least firm first, and of those the newest. */
function movable(stock: Stock): readonly Movable[] {
  const short = debtsOf(stock);
  const isThere = (placed: readonly Placed[]): boolean => placed.some(({ location }) => short.has(location));
  return [...stock.live.values()]
    .flatMap((reservation) =>
      reservation.lines.flatMap((line) => {
        if (line.at !== null) return [];
        const of = (unitClass: UnitClass) => ({
          reservation,
          line: line.line,
          unitClass,
          firmness: firmness(reservation, unitClass),
        });
        return [...(isThere(line.openAt) ? [of('open')] : []), ...(isThere(line.owedAt) ? [of('owed')] : [])];
      }),
    )
    .sort((a, b) => a.firmness - b.firmness || byAge(b.reservation, a.reservation) || a.line - b.line)
    .map(({ reservation, line, unitClass }) => ({ id: reservation.id, line, unitClass }));
}

/** A cart may still come to nothing; a committed order may be on the packing table. */
function firmness({ term, split, lines }: Reservation, unitClass: UnitClass): number {
  const firmest = split === 'never' && lines.some(({ owed }) => owed > 0) ? 'owed' : unitClass;
  if (firmest === 'owed') return 2;
  return term.kind === 'pinned' ? 1 : 0;
}

/** As many of the line's units as its places are short of, to one place if there is one, else to the fewest. */
function partMoves(
  stock: Stock,
  reservation: Reservation,
  number: number,
  unitClass: UnitClass,
  places: readonly OfferedPlace[],
): readonly Event[] {
  const left = new Map(places.map(({ location, available }) => [location, available]));
  const line = reservation.lines.find((one) => one.line === number);
  return placedOf(line, unitClass).flatMap((from) => {
    let missing = Math.min(from.quantity, debtsOf(stock).get(from.location) ?? 0);
    const whole = [...left].find(([, available]) => available >= missing);
    const order = whole === undefined ? [...left].sort(([, a], [, b]) => b - a) : [whole];
    return order.flatMap(([location, available]): readonly Event[] => {
      const quantity = Math.min(missing, available);
      if (quantity <= 0) return [];
      missing -= quantity;
      left.set(location, available - quantity);
      return [reallocated(reservation, number, unitClass, from.location, { location, quantity })];
    });
  });
}

/** All that is still promised, from where all of it lies to one place that has room for it; or nothing. */
function wholeMove(stock: Stock, reservation: Reservation, places: readonly OfferedPlace[]): readonly Event[] {
  const { lines } = reservation;
  const parts = lines.flatMap((line) =>
    (['open', 'owed'] as const).flatMap((unitClass) => placedOf(line, unitClass).map((from) => ({ line, unitClass, from }))),
  );
  const [first] = parts;
  const bound = lines.some(({ at, fulfilled, open, owed }) => fulfilled > 0 || (at !== null && open + owed > 0));
  if (first === undefined || bound || parts.some(({ from }) => from.location !== first.from.location)) return [];
  if (!debtsOf(stock).has(first.from.location)) return [];
  const units = parts.reduce((total, { from }) => total + from.quantity, 0);
  const to = places.find(({ available }) => available >= units)?.location;
  if (to === undefined) return [];
  return parts.map(({ line, unitClass, from }) =>
    reallocated(reservation, line.line, unitClass, from.location, { location: to, quantity: from.quantity }),
  );
}

function placedOf(line: Line | undefined, unitClass: UnitClass): readonly Placed[] {
  return (unitClass === 'open' ? line?.openAt : line?.owedAt) ?? [];
}

function reallocated(reservation: Reservation, line: number, unitClass: UnitClass, from: LocationId, at: Placed): Event {
  const orderRef = unitClass === 'owed' ? newestOrder(reservation) : null;
  return {
    type: 'reallocated',
    reason: 'over_reservation',
    reservation: reservation.id,
    orderRef,
    class: unitClass,
    line,
    from,
    at,
    ...unnamedMove(reservation),
  };
}

/**
 * Units give up their place and wait for another, as far as the limit has room; what is free elsewhere they get at once,
 * and it needs no room. What may not be split would come back split, so it does not wait.
 */
export function backorder(stock: Stock, context: Surroundings, record: Recording): void {
  const room = (): number => (stock.item?.policy.backorderLimit ?? 0) - stock.backordered;
  let free = freePlaces(stock, context);
  if (room() <= 0 && free.size === 0) return;
  for (const { id, line, unitClass } of movable(stock)) {
    const reservation = stock.live.get(id);
    if (reservation === undefined || reservation.split === 'never') continue;
    for (const { location, quantity: here } of placedOf(
      reservation.lines.find((one) => one.line === line),
      unitClass,
    )) {
      const elsewhere = (free.get(reservation.channel) ?? []).reduce((total, { available }) => total + available, 0);
      const quantity = Math.min(here, debtsOf(stock).get(location) ?? 0, room() + elsewhere);
      if (quantity <= 0) continue;
      const orderRef = unitClass === 'owed' ? newestOrder(reservation) : null;
      const from = { location, quantity };
      record([{ type: 'backordered', reservation: id, orderRef, class: unitClass, line, from, ...unnamedMove(reservation) }]);
      const homeless = stock.live.get(id);
      if (elsewhere === 0 || homeless === undefined) continue;
      // Everybody else who waits was served before, so what is free now is free for nobody but this one.
      record(placementsOf([homeless], stock, context));
      free = freePlaces(stock, context);
    }
  }
}
