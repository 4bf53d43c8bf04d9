import { assert } from './assert.ts';
import { BEGINNINGS_MAX, NEVER_MS } from './limits.ts';
import type { ReservationId } from './ids.ts';
import { owedBy } from './owed.ts';
import { grantedOf, isLive, unitsOf } from './reservation.ts';
import type { Line, Reservation, Stock, Term } from './stock.ts';

/** Takes a reservation into the sums. One that is closed stays in `live` until its row is written. */
export function admit(stock: Stock, reservation: Reservation, earlier?: Term): void {
  const known = withTerm(reservation);
  stock.live.set(known.id, known);
  tally(stock, known, 1);
  if (known.term !== earlier && known.term.kind !== 'closed' && dueMs(known.term) !== NEVER_MS)
    stock.deadlines.add({ atMs: dueMs(known.term), reservation: known.id });
  if (waits(known)) stock.waiting.add(known.id);
  for (const orderRef of known.orderRefs) listUnder(stock.byOrder, orderRef, known.id);
  if (stock.byBuyer !== null && known.buyer !== null) listUnder(stock.byBuyer, known.buyer, known.id);
}

/** Takes a reservation out of the sums, and out of sight where nothing is admitted in its place. */
export function remove(stock: Stock, was: Reservation): void {
  tally(stock, was, -1);
  stock.waiting.delete(was.id);
  if (stock.byBuyer !== null && was.buyer !== null) unlistUnder(stock.byBuyer, was.buyer, was.id);
}

/** Forgets a closed reservation once its row holds it. */
export function forget(stock: Stock, reservation: Reservation): void {
  assert(!isLive(reservation), 'only a closed reservation is forgotten');
  stock.live.delete(reservation.id);
  for (const orderRef of reservation.orderRefs) unlistUnder(stock.byOrder, orderRef, reservation.id);
  if (stock.byBuyer !== null && reservation.buyer !== null) unlistUnder(stock.byBuyer, reservation.buyer, reservation.id);
}

/** Lines such as nearly all reservations begin with (one, all of it open at one place) are one list in memory for all of them. */
export function sharedLines({ beginnings }: Stock, lines: readonly Line[]): readonly Line[] {
  const [line, another] = lines;
  const [placed, elsewhere] = line?.openAt ?? [];
  if (line === undefined || another !== undefined || placed === undefined || elsewhere !== undefined) return lines;
  const { line: number, asked, at, open, soldAs } = line;
  if (asked !== open || open !== placed.quantity || grantedOf(line) !== open || soldAs !== undefined) return lines;
  if (at !== null && at !== placed.location) return lines;
  const name = `${number} ${open} ${at === null ? 'anywhere' : 'there'} ${placed.location}`;
  const known = beginnings.get(name);
  if (known !== undefined) return known;
  if (beginnings.size >= BEGINNINGS_MAX) beginnings.clear();
  beginnings.set(name, lines);
  return lines;
}

export function listUnder(lists: Map<string, Set<ReservationId>>, name: string, id: ReservationId): void {
  lists.set(name, (lists.get(name) ?? new Set()).add(id));
}

function unlistUnder(lists: Map<string, Set<ReservationId>>, name: string, id: ReservationId): void {
  const same = lists.get(name);
  same?.delete(id);
  if (same?.size === 0) lists.delete(name);
}

function withTerm(reservation: Reservation): Reservation {
  for (const line of reservation.lines) assertWhole(line);
  const open = reservation.lines.some((line) => line.open > 0);
  return open ? reservation : { ...reservation, term: { kind: 'closed' } satisfies Term };
}

export function dueMs(term: Exclude<Term, { kind: 'closed' }>): number {
  return term.kind === 'active' ? term.expiresAtMs : term.outcomeDueMs;
}

function waits({ lines }: Reservation): boolean {
  return lines.some((line) => line.open > unitsOf(line.openAt) || line.owed > unitsOf(line.owedAt));
}

function tally(stock: Stock, { id, channel, lines }: Reservation, sign: 1 | -1): void {
  for (const line of lines) {
    const owed = owedBy(stock.sku, { id, channel }, line);
    if (owed !== null) add(stock.owed, owed.key, sign * owed.quantity);
    for (const placed of line.openAt) add(stock.reserved, placed.location, sign * placed.quantity);
    for (const placed of line.owedAt) add(stock.committed, placed.location, sign * placed.quantity);
    add(stock.promised, channel, sign * (line.open + line.owed));
    stock.backordered += sign * (line.open - unitsOf(line.openAt) + line.owed - unitsOf(line.owedAt));
  }
}

function add<Of>(sums: Map<Of, number>, of: Of, units: number): void {
  const sum = (sums.get(of) ?? 0) + units;
  if (sum === 0) sums.delete(of);
  else sums.set(of, sum);
}

/** Or the log took one unit twice. */
function assertWhole(line: Line): void {
  const units = [line.open, line.owed, line.fulfilled, line.cancelled, line.released, line.expired];
  assert(
    units.every((one) => Number.isSafeInteger(one) && one >= 0) &&
      unitsOf(line.openAt) <= line.open &&
      unitsOf(line.owedAt) <= line.owed &&
      [...line.openAt, ...line.owedAt].every(({ quantity }) => quantity > 0) &&
      grantedOf(line) <= line.asked,
    'each unit of a line is in exactly one class',
  );
}
