import type { Context } from './decision.ts';
import type { Event, UnitClass } from './event.ts';
import type { LocationId } from './ids.ts';
import { offer, type Terms } from './offer.ts';
import { byAge, unitsOf } from './reservation.ts';
import type { Line, Reservation, Stock } from './stock.ts';
import { shortageOf, termsOf } from './terms.ts';

/** What follows of itself: backordered units get a place, and cases say what is wrong now. */
export function consequences(stock: Stock, context: Surroundings): readonly Event[] {
  const terms = termsOf(stock, context);
  const placed = placements(stock, terms, context.network);
  const gained = placed.reduce((total, event) => total + event.at.quantity, 0);
  return [...placed, ...shortageCase(stock, terms, gained), ...endedPins(stock)];
}

/** Who waited goes before who asks now: what time alone made free is placed before a command is decided. */
export function placedByTime(stock: Stock, context: Surroundings): readonly Event[] {
  return placements(stock, termsOf(stock, context), context.network);
}

export type Surroundings = Pick<Context, 'network' | 'nowMs'>;

type PlacedEvent = Extract<Event, { type: 'placed' }>;

/** Backordered units are placed oldest first, wherever their channel may take them (R27). */
function placements(stock: Stock, before: Terms, network: Context['network']): readonly PlacedEvent[] {
  if (stock.backordered === 0) return [];
  const events: PlacedEvent[] = [];
  const waiting = [...stock.waiting].flatMap((id) => stock.live.get(id) ?? []).sort(byAge);
  let terms = before;
  for (const reservation of waiting) {
    const taken = new Map<LocationId, number>();
    const { places } = offer(terms, network, reservation.channel);
    for (const place of places) {
      const free = (): number => place.available - (taken.get(place.location) ?? 0);
      for (const { line, unitClass } of missing(reservation)) {
        const already = events.filter(
          (event) => event.reservation === reservation.id && event.line === line.line && event.class === unitClass,
        );
        const quantity = Math.min(
          free(),
          missingUnits(line, unitClass) - already.reduce((total, event) => total + event.at.quantity, 0),
        );
        if (quantity <= 0) continue;
        taken.set(place.location, (taken.get(place.location) ?? 0) + quantity);
        events.push({
          type: 'placed',
          reservation: reservation.id,
          orderRef: unitClass === 'owed' ? (reservation.orderRefs.at(-1) ?? null) : null,
          class: unitClass,
          line: line.line,
          at: { location: place.location, quantity },
        });
      }
    }
    // What one was given may make another channel's quota keep units elsewhere.
    if (taken.size > 0) terms = withTaken(terms, taken);
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

/** While units are promised that nobody has, one case is open with that number (R28). */
function shortageCase(stock: Stock, terms: Terms, placedNow: number): readonly Event[] {
  // Placing takes free units only, so it changes no debt.
  const shortage = shortageOf({ ...terms, backordered: terms.backordered - placedNow });
  const open = [...stock.cases.values()].find(({ about }) => about.kind === 'over_reservation');
  if (open === undefined)
    return shortage > 0 ? [{ type: 'case_opened', about: { kind: 'over_reservation' }, difference: shortage }] : [];
  if (shortage === 0) return [{ type: 'case_closed', case: { ...open, difference: 0 } }];
  return shortage === open.difference ? [] : [{ type: 'case_changed', case: { ...open, difference: shortage } }];
}

function endedPins(stock: Stock): readonly Event[] {
  return [...stock.cases.values()].flatMap((open): readonly Event[] => {
    if (open.about.kind !== 'pin_without_outcome') return [];
    const pinned = stock.live.get(open.about.reservation)?.term.kind === 'pinned';
    return pinned ? [] : [{ type: 'case_closed', case: open }];
  });
}
