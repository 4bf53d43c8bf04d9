import type { TakeOrder } from './command.ts';
import { perLocation, type Context } from './decision.ts';
import { isUnnamed } from './erp-order.ts';
import type { Event, Units } from './event.ts';
import { grant } from './grant.ts';
import type { LocationId } from './ids.ts';
import { lateBase, onHandOfLate } from './late.ts';
import { offer, type Terms } from './offer.ts';
import type { Placed, Stock } from './stock.ts';
import { termsOf } from './terms.ts';

type Lines = Extract<Event, { type: 'ordered' }>['lines'];

/**
 * Books an order that was accepted elsewhere, whatever there is (R30c): at the place that it names, also below zero;
 * else where its channel finds units, and what is not there waits like all that is backordered.
 */
export function takeOrder(stock: Stock, order: TakeOrder, context: Context): readonly Event[] {
  // It outlived the time for which ids of facts are kept.
  if (stock.live.has(order.reservation)) return [];
  const { reservation, channel, id, source, books, orderRef, mark } = order;
  const occurredAtMs = Math.min(order.placedAtMs, context.nowMs);
  return perLocation(unitsOf(stock, order, context)).map((part): Event => {
    const location = part[0]?.placed[0]?.location ?? null;
    const lines = part.map((units) => withName(order, location, units));
    return {
      type: 'ordered',
      reservation,
      channel,
      location,
      lines,
      onHand: location === null ? 0 : countedBefore(stock, order, location, lines, occurredAtMs),
      id,
      source,
      books,
      orderRef,
      document: null,
      mark,
      occurredAtMs,
    };
  });
}

/** Lines that name a place have it; what is left is there for the others. */
function unitsOf(stock: Stock, { channel, lines }: TakeOrder, context: Context): readonly Units[] {
  const named = lines.flatMap(({ at, quantity }) => (at === null ? [] : [{ location: at, quantity }]));
  const free = lines.filter(({ at }) => at === null);
  const offered = offer(withCommitted(termsOf(stock, context), named), context.network, channel);
  const granted = new Map(grant(offered, free, 'allowed').units.map((units) => [units.line, units.placed]));
  return lines.map(({ line, quantity, at }) => {
    const placed = at === null ? (granted.get(line) ?? []) : [{ location: at, quantity }];
    return { line, quantity, placed };
  });
}

function withCommitted(terms: Terms, units: readonly Placed[]): Terms {
  const more = (location: LocationId): number =>
    units.reduce((total, one) => total + (one.location === location ? one.quantity : 0), 0);
  return {
    ...terms,
    places: terms.places.map((place) => ({ ...place, committed: place.committed + more(place.location) })),
  };
}

function withName({ books, lines }: TakeOrder, location: LocationId | null, units: Units): Lines[number] {
  const { at = null, soldAs } = lines.find(({ line }) => line === units.line) ?? {};
  const named = { ...units, at, ...(soldAs === undefined ? {} : { soldAs }) };
  return location !== null && isUnnamed(books, at, location) ? { ...named, unnamed: true } : named;
}

/** What we took is a commitment of now; only the ERP may have counted its own order before it told us. */
function countedBefore(stock: Stock, order: TakeOrder, location: LocationId, lines: Lines, occurredAtMs: number): number {
  if (order.books === 'front') return 0;
  const named = lines.reduce((total, { quantity, unnamed }) => total + (unnamed === true ? 0 : quantity), 0);
  return onHandOfLate(lateBase(stock, order, { location, status: 'sellable' }, occurredAtMs), named);
}
