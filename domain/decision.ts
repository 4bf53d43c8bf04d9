import type { Answer, LineQuantity, Plan, PlainRefusal, Rejection, Reserve, ShortLine, ShortOf } from './command.ts';
import type { Event, Units } from './event.ts';
import { NEVER_MS } from './limits.ts';
import type { ReservationId } from './ids.ts';
import type { Network } from './network.ts';
import { unitsOf } from './reservation.ts';
import type { Line, Reservation } from './stock.ts';
import type { Moment } from './terms.ts';
import type { Books } from './variance.ts';

export type Decision =
  | { readonly accepted: true; readonly events: readonly Event[]; readonly fact: Extract<Answer, { accepted: true }>['fact'] }
  | { readonly accepted: false; readonly rejection: Rejection };

/** What is known of buyers beside their live reservations. */
export interface Buyers {
  /** Units that left for closed reservations of this buyer which began after that time. */
  boughtSince(buyer: string, sinceMs: number): readonly { readonly reservation: ReservationId; readonly fulfilled: number }[];
}

/** What surrounds a command: the time, who sells from where, the books a count is compared with, and who bought before. */
export interface Context extends Moment {
  readonly network: Network;
  readonly books: Books;
  readonly buyers: Buyers;
  /** How long a pin may stay without outcome (R25). */
  readonly pinOutcomeMs: number;
}

export function accept(...events: readonly Event[]): Decision {
  return { accepted: true, events, fact: null };
}

export function reject(code: PlainRefusal): Decision {
  return { accepted: false, rejection: { code } };
}

export function insufficient(lines: readonly ShortLine[], code: ShortOf = 'insufficient_stock'): Decision {
  return { accepted: false, rejection: { code, lines } };
}

/** When somebody has to look at a pin that had no outcome (R25). */
export function outcomeDueMs(command: Exclude<Plan, Reserve>, { nowMs, pinOutcomeMs }: Context): number {
  const watched = command.type !== 'pin' || command.cart?.watched !== false;
  return watched ? nowMs + pinOutcomeMs : NEVER_MS;
}

export function lineOf(reservation: Reservation, line: number): Line | undefined {
  return reservation.lines.find((one) => one.line === line);
}

export function exceeds(reservation: Reservation, asked: readonly LineQuantity[], units: (line: Line) => number): boolean {
  return asked.some(({ line, quantity }) => {
    const known = lineOf(reservation, line);
    return quantity > (known === undefined ? 0 : units(known));
  });
}

export function newestOrder({ orderRefs }: Reservation): string | null {
  return orderRefs.at(-1) ?? null;
}

/** One list of units per location, so that a posting has one place; those without a place come last. */
export function perLocation(taken: readonly Units[]): readonly (readonly Units[])[] {
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
