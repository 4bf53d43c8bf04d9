import { dueMs } from './live.ts';
import type { Deadline } from './deadlines.ts';
import type { Event } from './event.ts';
import { EXPIRED_PER_ENTRY_MAX } from './limits.ts';
import type { Reservation, Stock } from './stock.ts';

/** What time alone brought about by now: reservations that lapsed (R10, R12) and pins without outcome (R25). */
export function lapse(stock: Stock, nowMs: number): readonly Event[] {
  const expired: { readonly reservation: Reservation['id']; readonly atMs: number }[] = [];
  const overdue: Event[] = [];
  // A pin may fall due in the very millisecond of the deadline that it replaced: the heap then names it twice.
  const met = new Set<Reservation['id']>();
  for (let due = nextDeadline(stock); due !== null && due.atMs <= nowMs; due = nextDeadline(stock)) {
    stock.deadlines.removeEarliest();
    const reservation = stock.live.get(due.reservation);
    if (reservation === undefined || met.has(reservation.id)) continue;
    met.add(reservation.id);
    if (reservation.term.kind === 'active') expired.push({ reservation: due.reservation, atMs: due.atMs });
    else if (!hasPinCase(stock, reservation)) {
      const difference = reservation.lines.reduce((total, line) => total + line.open, 0);
      overdue.push({ type: 'case_opened', about: { kind: 'pin_without_outcome', reservation: reservation.id }, difference });
    }
  }
  const events: Event[] = [];
  for (let start = 0; start < expired.length; start += EXPIRED_PER_ENTRY_MAX) {
    events.push({ type: 'expired', reservations: expired.slice(start, start + EXPIRED_PER_ENTRY_MAX) });
  }
  return [...events, ...overdue];
}

/** The next moment at which time changes something by itself, or null. Drops deadlines that no longer mean anything. */
export function nextDeadline(stock: Stock): Deadline | null {
  for (let first = stock.deadlines.earliest(); first !== undefined; first = stock.deadlines.earliest()) {
    const term = stock.live.get(first.reservation)?.term;
    if (term !== undefined && term.kind !== 'closed' && dueMs(term) === first.atMs) return first;
    stock.deadlines.removeEarliest();
  }
  return null;
}

function hasPinCase(stock: Stock, { id }: Reservation): boolean {
  return [...stock.cases.values()].some((one) => one.about.kind === 'pin_without_outcome' && one.about.reservation === id);
}
