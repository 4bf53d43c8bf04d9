import type {
  Answer,
  Cancel,
  Command,
  Commit,
  Extend,
  Fulfill,
  LineQuantity,
  Plan,
  Rejection,
  Release,
  Reserve,
  Resize,
  ShortLine,
} from './command.ts';
import { decideCount, type Books } from './count.ts';
import type { Event, Units } from './event.ts';
import { grant, type Wish } from './grant.ts';
import type { ChannelId, LocationId } from './ids.ts';
import { RESERVATION_AGE_MAX_MS } from './limits.ts';
import { decideMove } from './move.ts';
import type { Network } from './network.ts';
import { offer, type Terms } from './offer.ts';
import { permitted, statusOf, takeUnits, unitsOf } from './reservation.ts';
import { DEFAULT_POLICY, onHandAt, type Line, type Reservation, type Stock } from './stock.ts';
import { termsOf } from './terms.ts';

export type Decision =
  | { readonly accepted: true; readonly events: readonly Event[]; readonly fact: Extract<Answer, { accepted: true }>['fact'] }
  | { readonly accepted: false; readonly rejection: Rejection };

/** What surrounds a command: the time, who sells from where, and the books a count is compared with. */
export interface Context {
  readonly nowMs: number;
  readonly network: Network;
  readonly books: Books;
  /** How long a pin may stay without outcome (R25). */
  readonly pinOutcomeMs: number;
}

/** Answers a command with new facts or a reason to refuse. What was due must have lapsed before. */
export function decide(stock: Stock, command: Command, context: Context): Decision {
  switch (command.type) {
    case 'reserve':
      return reserve(stock, command, context);
    case 'move':
      return { accepted: true, events: decideMove(stock, command, context.nowMs), fact: { outcome: 'applied', variance: null } };
    case 'count': {
      const { events, outcome } = decideCount(stock, command, context.books, context.nowMs);
      return { accepted: true, events, fact: outcome };
    }
    case 'set_item': {
      const was = stock.item ?? { status: 'active', policy: DEFAULT_POLICY };
      return accept({
        type: 'item_changed',
        item: { status: command.status ?? was.status, policy: command.policy ?? was.policy },
      });
    }
    case 'open_case':
      return openCase(stock, command);
    case 'resolve_case':
      return resolveCase(stock, command.case);
    case 'extend':
    case 'resize':
    case 'pin':
    case 'commit':
    case 'release':
    case 'fulfill':
    case 'cancel':
      return onReservation(stock, command, context);
  }
}

function accept(...events: readonly Event[]): Decision {
  return { accepted: true, events, fact: null };
}

function reject(code: Exclude<Rejection['code'], 'insufficient_stock'>): Decision {
  return { accepted: false, rejection: { code } };
}

function insufficient(lines: readonly ShortLine[]): Decision {
  return { accepted: false, rejection: { code: 'insufficient_stock', lines } };
}

function reserve(stock: Stock, command: Reserve, { nowMs, network }: Context): Decision {
  const { units, short } = grant(offer(termsOf(stock), network, command.channel), command.lines, command.split);
  const nothing = units.every((one) => one.quantity === 0);
  if (short.length > 0 && (nothing || command.mode === 'all_or_nothing')) return insufficient(short);
  return accept({
    type: 'reserved',
    reservation: command.reservation,
    channel: command.channel,
    buyer: command.buyer,
    expiresAtMs: nowMs + Math.min(command.ttlMs, RESERVATION_AGE_MAX_MS),
    lines: units.map((one, index) => ({
      ...one,
      asked: command.lines[index]?.quantity ?? 0,
      at: command.lines[index]?.at ?? null,
    })),
  });
}

function onReservation(stock: Stock, command: Exclude<Plan, Reserve>, context: Context): Decision {
  const reservation = stock.live.get(command.reservation);
  if (reservation === undefined || !mayTouch(command.caller, reservation)) return reject('reservation_not_found');

  const permission = permitted(command.type, statusOf(reservation));
  if (permission === 'no_op') return accept();
  if (permission === 'retake') return retake(stock, reservation, command, context);
  if (permission !== 'go') return reject(permission);
  switch (command.type) {
    case 'extend':
      return extend(reservation, command, context.nowMs);
    case 'resize':
      return resize(stock, reservation, command, context);
    case 'pin':
      return accept({ type: 'pinned', reservation: reservation.id, outcomeDueMs: context.nowMs + context.pinOutcomeMs });
    case 'commit':
      return commit(reservation, command);
    case 'release':
      return release(reservation, command);
    case 'fulfill':
      return fulfill(stock, reservation, command);
    case 'cancel':
      return cancel(reservation, command);
  }
}

/** Somebody else's reservation answers like one that never was. */
function mayTouch(caller: ChannelId | null, reservation: Reservation): boolean {
  return caller === null || caller === reservation.channel;
}

function extend({ id, term, createdAtMs }: Reservation, { ttlMs }: Extend, nowMs: number): Decision {
  if (term.kind !== 'active') return reject('reservation_pinned');
  const asked = Math.min(nowMs + ttlMs, createdAtMs + RESERVATION_AGE_MAX_MS);
  return asked > term.expiresAtMs ? accept({ type: 'extended', reservation: id, expiresAtMs: asked }) : accept();
}

/** R15: only the difference is checked, and what shrinks makes room for what grows. */
function resize(stock: Stock, reservation: Reservation, { lines }: Resize, { network }: Context): Decision {
  if (lines.some(({ line }) => lineOf(reservation, line) === undefined)) return reject('exceeds_reservation');
  const differs = reservation.lines.flatMap((line) => {
    const wanted = lines.find((one) => one.line === line.line)?.quantity ?? line.open;
    return wanted === line.open ? [] : [{ line, wanted }];
  });
  const freed = differs
    .filter(({ line, wanted }) => wanted < line.open)
    .map(({ line, wanted }) => takeUnits(line.line, line.openAt, line.open, line.open - wanted, 'backordered'));
  const wishes: readonly Wish[] = differs
    .filter(({ line, wanted }) => wanted > line.open)
    .map(({ line, wanted }) => ({ line: line.line, quantity: wanted - line.open, at: line.at }));

  const offered = offer(withFreed(termsOf(stock), freed), network, reservation.channel);
  const { units, short } = grant(offered, wishes, 'allowed');
  if (short.length > 0) {
    // The caller thinks in totals of the line, so the answer does.
    const totals = (line: number, more: number): number => (lineOf(reservation, line)?.open ?? 0) + more;
    return insufficient(
      short.map(({ line, requested, available }) => ({
        line,
        requested: totals(line, requested),
        available: totals(line, available),
      })),
    );
  }
  const events: Event[] = [];
  if (freed.length > 0) events.push({ type: 'released', reservation: reservation.id, reason: 'resized', lines: freed });
  if (units.length > 0) events.push({ type: 'grown', reservation: reservation.id, lines: units });
  return accept(...events);
}

function withFreed(terms: Terms, freed: readonly Units[]): Terms {
  const back = (location: LocationId): number =>
    freed.reduce((total, { placed }) => total + unitsOf(placed.filter((one) => one.location === location)), 0);
  return {
    ...terms,
    places: terms.places.map((place) => ({ ...place, reserved: place.reserved - back(place.location) })),
    backordered: terms.backordered - freed.reduce((total, { quantity, placed }) => total + quantity - unitsOf(placed), 0),
  };
}

function commit(reservation: Reservation, command: Commit): Decision {
  const { id, lines } = reservation;
  const asked = command.lines ?? lines.map((line) => ({ line: line.line, quantity: line.open }));
  if (exceeds(reservation, asked, (line) => line.open)) return reject('exceeds_reservation');
  const taken = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined || quantity === 0 ? [] : [takeUnits(line, known.openAt, known.open, quantity, 'placed')];
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
    const placed = line.openAt.flatMap(({ location, quantity }) => {
      const stays = quantity - unitsOf(units.placed.filter((one) => one.location === location));
      return stays > 0 ? [{ location, quantity: stays }] : [];
    });
    return left > 0 ? [{ line: line.line, quantity: left, placed }] : [];
  });
}

/** One list of units per location, so that a posting has one place; those without a place come last. */
function perLocation(taken: readonly Units[]): readonly (readonly Units[])[] {
  const locations = new Set(taken.flatMap(({ placed }) => placed.map(({ location }) => location)));
  const parts = [...locations].map((location) =>
    taken.flatMap(({ line, placed }) => {
      const here = placed.filter((one) => one.location === location);
      return here.length > 0 ? [{ line, quantity: unitsOf(here), placed: here }] : [];
    }),
  );
  const unplaced = taken.flatMap(({ line, quantity, placed }) => {
    const missing = quantity - unitsOf(placed);
    return missing > 0 ? [{ line, quantity: missing, placed: [] }] : [];
  });
  return unplaced.length > 0 ? [...parts, unplaced] : parts;
}

function release(reservation: Reservation, command: Release): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.open }));
  if (exceeds(reservation, asked, (line) => line.open)) return reject('exceeds_reservation');
  const lines = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined || quantity === 0 ? [] : [takeUnits(line, known.openAt, known.open, quantity, 'backordered')];
  });
  return lines.length === 0 ? accept() : accept({ type: 'released', reservation: reservation.id, reason: 'asked', lines });
}

function cancel(reservation: Reservation, command: Cancel): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.owed }));
  const refusal = refusedOfOwed(reservation, asked);
  if (refusal !== null) return refusal;
  const taken = asked.flatMap(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return known === undefined || quantity === 0 ? [] : [takeUnits(line, known.owedAt, known.owed, quantity, 'backordered')];
  });
  return accept(
    ...perLocation(taken).map((lines): Event => ({
      type: 'cancelled',
      reservation: reservation.id,
      orderRef: newestOrder(reservation),
      lines,
    })),
  );
}

/** R29: goods leave only from where they are; facts that say otherwise come as movements. */
function fulfill(stock: Stock, reservation: Reservation, command: Fulfill): Decision {
  const asked = command.lines ?? reservation.lines.map((line) => ({ line: line.line, quantity: line.owed }));
  const refusal = refusedOfOwed(reservation, asked);
  if (refusal !== null) return refusal;

  const there = new Map<LocationId, number>();
  const taken: Units[] = [];
  const short: ShortLine[] = [];
  for (const { line, quantity } of asked) {
    const parts = (lineOf(reservation, line)?.owedAt ?? []).map(({ location, quantity: owed }) => {
      const left = there.get(location) ?? Math.max(0, onHandAt(stock, { location, status: 'sellable' }));
      return { location, left, quantity: Math.min(owed, left) };
    });
    const units = takeUnits(line, parts, unitsOf(parts), Math.min(quantity, unitsOf(parts)), 'placed');
    for (const { location, quantity: gone } of units.placed) {
      there.set(location, (parts.find((part) => part.location === location)?.left ?? 0) - gone);
    }
    if (units.quantity < quantity) short.push({ line, requested: quantity, available: units.quantity });
    else if (quantity > 0) taken.push(units);
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
          orderRef: newestOrder(reservation),
          location,
          lines,
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

/** Lapsed units are taken anew: all of them by a pin, those to be sold by a commit that says `reacquire`. */
function retake(stock: Stock, reservation: Reservation, command: Exclude<Plan, Reserve>, context: Context): Decision {
  if (command.type === 'commit' && !command.reacquire) return reject('reservation_expired');
  const asked =
    (command.type === 'commit' ? command.lines : null) ??
    reservation.lines.map((line) => ({ line: line.line, quantity: line.expired }));
  if (exceeds(reservation, asked, (line) => line.expired)) return reject('exceeds_reservation');

  const wishes = asked
    .filter(({ quantity }) => quantity > 0)
    .map((one) => ({ ...one, at: lineOf(reservation, one.line)?.at ?? null }));
  const { units, short } = grant(offer(termsOf(stock), context.network, reservation.channel), wishes, 'allowed');
  if (short.length > 0) return insufficient(short);
  if (units.length === 0) return accept();
  const outcomeDueMs = context.nowMs + context.pinOutcomeMs;
  const retaken: Event = { type: 'retaken', reservation: reservation.id, outcomeDueMs, lines: units };
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

function openCase(stock: Stock, { posting, units, detail }: Extract<Command, { type: 'open_case' }>): Decision {
  const known = [...stock.cases.values()].some(({ about }) => about.kind === 'posting_refused' && about.posting === posting);
  return known
    ? accept()
    : accept({ type: 'case_opened', about: { kind: 'posting_refused', posting, detail }, difference: units });
}

function resolveCase(stock: Stock, number: number): Decision {
  const open = stock.cases.get(number);
  if (open === undefined) return reject('case_not_found');
  return open.about.kind === 'posting_refused' ? accept({ type: 'case_closed', case: open }) : reject('case_still_true');
}

function lineOf(reservation: Reservation, line: number): Line | undefined {
  return reservation.lines.find((one) => one.line === line);
}

function exceeds(reservation: Reservation, asked: readonly LineQuantity[], units: (line: Line) => number): boolean {
  return asked.some(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return quantity > (known === undefined ? 0 : units(known));
  });
}

function newestOrder({ orderRefs }: Reservation): string | null {
  return orderRefs.at(-1) ?? null;
}
