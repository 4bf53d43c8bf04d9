import { grantWithin, leftForBuyer } from './buyer-cap.ts';
import type { Extend, Plan, Release, Reserve, Resize } from './command.ts';
import {
  accept,
  exceeds,
  insufficient,
  lineOf,
  outcomeDueMs,
  perLocation,
  reject,
  type Context,
  type Decision,
} from './decision.ts';
import type { Event, Units } from './event.ts';
import type { ChannelId, LocationId } from './ids.ts';
import { RESERVATION_AGE_MAX_MS } from './limits.ts';
import { offer, type Terms } from './offer.ts';
import type { Wish } from './purse.ts';
import { takeUnits, unitsOf } from './reservation.ts';
import type { Reservation, Stock } from './stock.ts';
import { termsOf } from './terms.ts';

export function extend({ id, term, createdAtMs }: Reservation, { ttlMs, cart }: Extend, nowMs: number): Decision {
  if (cart !== undefined) {
    if (term.kind === 'active' && cart.untilMs === term.expiresAtMs) return accept();
    const extended: Event = { type: 'extended', reservation: id, expiresAtMs: cart.untilMs };
    // Set back to an end that has passed, it ends in this very turn (I17).
    const lapsed: Event = { type: 'expired', reservations: [{ reservation: id, atMs: cart.untilMs }] };
    return cart.untilMs <= nowMs ? accept(extended, lapsed) : accept(extended);
  }
  if (term.kind !== 'active') return reject('reservation_pinned');
  const asked = Math.min(nowMs + ttlMs, createdAtMs + RESERVATION_AGE_MAX_MS);
  return asked > term.expiresAtMs ? accept({ type: 'extended', reservation: id, expiresAtMs: asked }) : accept();
}

/** R15: only the difference is checked, and what shrinks makes room for what grows. */
export function resize(stock: Stock, reservation: Reservation, { lines }: Resize, context: Context): Decision {
  if (lines.some(({ line }) => lineOf(reservation, line) === undefined)) return reject('exceeds_reservation');
  const all = reservation.lines.map((line) => ({
    line,
    wanted: lines.find((one) => one.line === line.line)?.quantity ?? line.open,
  }));
  const freed = all
    .filter(({ line, wanted }) => wanted < line.open)
    .map(({ line, wanted }) => takeUnits(line.line, line.openAt, line.open, line.open - wanted, 'backordered'));
  const wishes: readonly Wish[] = all
    .filter(({ line, wanted }) => wanted > line.open)
    .map(({ line, wanted }) => ({ line: line.line, quantity: wanted - line.open, at: line.at ?? placeOfAll(reservation) }));

  const offered = offer(withFreed(termsOf(stock, context), freed, reservation.channel), context.network, reservation.channel);
  // Whoever asks for no more than they have is not asked how much one may have.
  const freedUnits = unitsIn(freed);
  const left = unitsIn(wishes) > freedUnits ? leftForBuyer(stock, reservation, context) + freedUnits : Infinity;
  const { units, short, shortOf } = grantWithin(left, offered, wishes, reservation.split);
  if (short.length > 0) {
    // The caller thinks in totals of the line, so the answer does.
    const totals = (line: number, more: number): number => (lineOf(reservation, line)?.open ?? 0) + more;
    return insufficient(
      short.map(({ line, requested, available }) => ({
        line,
        requested: totals(line, requested),
        available: totals(line, available),
      })),
      shortOf,
    );
  }
  const events: Event[] = [];
  if (freed.length > 0) events.push({ type: 'released', reservation: reservation.id, reason: 'resized', lines: freed });
  if (units.length > 0) events.push({ type: 'grown', reservation: reservation.id, lines: units });
  return accept(...events);
}

function unitsIn(parts: readonly { readonly quantity: number }[]): number {
  return parts.reduce((total, { quantity }) => total + quantity, 0);
}

/** Where an unsplit reservation has its units: more of them come from there. */
function placeOfAll({ split, lines }: Reservation): LocationId | null {
  return split === 'never' ? (lines.flatMap(({ openAt }) => openAt)[0]?.location ?? null) : null;
}

function withFreed(terms: Terms, freed: readonly Units[], channel: ChannelId): Terms {
  const back = (location: LocationId): number =>
    freed.reduce((total, { placed }) => total + unitsOf(placed.filter((one) => one.location === location)), 0);
  return {
    ...terms,
    places: terms.places.map((place) => ({ ...place, reserved: place.reserved - back(place.location) })),
    backordered: terms.backordered - freed.reduce((total, { quantity, placed }) => total + quantity - unitsOf(placed), 0),
    quotas: terms.quotas.map((quota) =>
      quota.channel === channel ? { ...quota, consumed: quota.consumed - unitsIn(freed) } : quota,
    ),
  };
}

export function release(reservation: Reservation, command: Release): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.open }));
  if (exceeds(reservation, asked, (line) => line.open)) return reject('exceeds_reservation');
  const lines = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined || quantity === 0 ? [] : [takeUnits(line, known.openAt, known.open, quantity, 'backordered')];
  });
  return lines.length === 0 ? accept() : accept({ type: 'released', reservation: reservation.id, reason: 'asked', lines });
}

/** Lapsed units are taken anew: all of them by a pin, those to be sold by a commit that says `reacquire`. */
export function retake(stock: Stock, reservation: Reservation, command: Exclude<Plan, Reserve>, context: Context): Decision {
  const sourced = command.type === 'pin' ? command.cart : undefined;
  if (command.type === 'commit' ? !command.reacquire : sourced?.anew === false) return reject('reservation_expired');
  const asked =
    (command.type === 'commit' ? command.lines : sourced?.lines) ??
    reservation.lines.map((line) => ({ line: line.line, quantity: line.expired }));
  if (exceeds(reservation, asked, (line) => line.expired)) return reject('exceeds_reservation');

  const wishes = asked
    .filter(({ quantity }) => quantity > 0)
    .map((one) => ({ ...one, at: lineOf(reservation, one.line)?.at ?? null }));
  const offered = offer(termsOf(stock, context), context.network, reservation.channel);
  const left = leftForBuyer(stock, reservation, context);
  const { units, short, shortOf } = grantWithin(left, offered, wishes, reservation.split, sourced);
  if (short.length > 0) return insufficient(short, shortOf);
  if (units.length === 0) return accept();
  const retaken: Event = {
    type: 'retaken',
    reservation: reservation.id,
    outcomeDueMs: outcomeDueMs(command, context),
    lines: units,
  };
  if (command.type !== 'commit') return accept(retaken);
  return accept(
    retaken,
    ...perLocation(units).map((lines): Event => ({
      type: 'committed',
      reservation: reservation.id,
      orderRef: command.orderRef,
      lines,
    })),
  );
}
