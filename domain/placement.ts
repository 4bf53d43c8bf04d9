import type { Context } from './decision.ts';
import { unnamedMove } from './erp-order.ts';
import type { Event, UnitClass } from './event.ts';
import type { LocationId } from './ids.ts';
import { offers, type Offer, type Terms } from './offer.ts';
import { byAge, unitsOf } from './reservation.ts';
import type { Line, Reservation, Stock } from './stock.ts';
import { termsOf, type Moment } from './terms.ts';

export type Surroundings = Pick<Context, 'network' | keyof Moment>;

type PlacedEvent = Extract<Event, { type: 'placed' }>;

/** Backordered units are placed oldest first, wherever their channel may take them (R27). */
export function placements(stock: Stock, context: Surroundings): readonly PlacedEvent[] {
  if (stock.backordered === 0) return [];
  const waiting = [...stock.waiting].flatMap((id) => stock.live.get(id) ?? []);
  // Thousands may wait for what is not there yet: only those are sorted who could have anything.
  const offerTo = offers(termsOf(stock, context), context.network);
  const served = new Map([...new Set(waiting.map(({ channel }) => channel))].map((id) => [id, offersAnything(offerTo(id))]));
  return placementsOf(waiting.filter(({ channel }) => served.get(channel) === true).sort(byAge), stock, context);
}

/** What is given to one never makes more for another, so who is offered nothing now is offered nothing in this round. */
function offersAnything({ places }: Offer): boolean {
  return places.some(({ available }) => available > 0);
}

/** The same for these alone, in this order. */
export function placementsOf(waiting: readonly Reservation[], stock: Stock, context: Surroundings): readonly PlacedEvent[] {
  const events: PlacedEvent[] = [];
  let terms = termsOf(stock, context);
  let offerTo = offers(terms, context.network);
  for (const reservation of waiting) {
    const taken = new Map<LocationId, number>();
    const { places } = offerTo(reservation.channel);
    const own: PlacedEvent[] = [];
    for (const place of places) {
      const free = (): number => place.available - (taken.get(place.location) ?? 0);
      for (const { line, unitClass } of missing(reservation)) {
        const already = own.filter((event) => event.line === line.line && event.class === unitClass);
        const quantity = Math.min(
          free(),
          missingUnits(line, unitClass) - already.reduce((total, event) => total + event.at.quantity, 0),
        );
        if (quantity <= 0) continue;
        taken.set(place.location, (taken.get(place.location) ?? 0) + quantity);
        own.push({
          type: 'placed',
          reservation: reservation.id,
          orderRef: unitClass === 'owed' ? (reservation.orderRefs.at(-1) ?? null) : null,
          class: unitClass,
          line: line.line,
          at: { location: place.location, quantity },
          ...unnamedMove(reservation),
        });
      }
    }
    events.push(...own);
    // What one was given may make another channel's quota keep units elsewhere.
    if (taken.size > 0) {
      terms = withTaken(terms, taken);
      offerTo = offers(terms, context.network);
    }
  }
  return events;
}

function withTaken(terms: Terms, taken: ReadonlyMap<LocationId, number>): Terms {
  const places = terms.places.map((place) => ({ ...place, reserved: place.reserved + (taken.get(place.location) ?? 0) }));
  return { ...terms, places };
}

function missing({ lines }: Reservation): readonly { readonly line: Line; readonly unitClass: UnitClass }[] {
  return lines.flatMap((line) => [
    { line, unitClass: 'owed' as const },
    { line, unitClass: 'open' as const },
  ]);
}

function missingUnits(line: Line, unitClass: UnitClass): number {
  return unitClass === 'open' ? line.open - unitsOf(line.openAt) : line.owed - unitsOf(line.owedAt);
}
