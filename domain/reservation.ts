import { compareText } from './network.ts';
import type { Plan } from './command.ts';
import type { LocationId } from './ids.ts';
import type { Line, Placed, Reservation } from './stock.ts';
import type { Units } from './event.ts';

export type ReservationStatus = 'active' | 'pinned' | 'committed' | 'fulfilled' | 'cancelled' | 'released' | 'expired';

/** A status is never stored: it is where the units are (SPEC §1). */
export function statusOf({
  lines,
  term,
}: {
  readonly lines: readonly Classes[];
  readonly term: Reservation['term'];
}): ReservationStatus {
  const has = (units: (line: Classes) => number): boolean => lines.some((line) => units(line) > 0);
  if (has((line) => line.open)) return term.kind === 'pinned' ? 'pinned' : 'active';
  if (has((line) => line.owed)) return 'committed';
  if (has((line) => line.fulfilled)) return 'fulfilled';
  if (has((line) => line.cancelled)) return 'cancelled';
  if (has((line) => line.released)) return 'released';
  return 'expired';
}

/** Whether it still promises units; what is not live is closed for good, a re-take (R18, R24) aside. */
export function isLive({ lines }: Pick<Reservation, 'lines'>): boolean {
  return lines.some((line) => line.open > 0 || line.owed > 0);
}

/** Oldest first; two of one millisecond always in the same order. */
export function byAge(a: Reservation, b: Reservation): number {
  return a.createdAtMs - b.createdAtMs || compareText(a.id, b.id);
}

type Classes = Pick<Line, 'open' | 'owed' | 'fulfilled' | 'cancelled' | 'released' | 'expired'>;

export function grantedOf(line: Classes): number {
  return line.open + line.owed + line.fulfilled + line.cancelled + line.released + line.expired;
}

export function committedOf(line: Classes): number {
  return line.owed + line.fulfilled + line.cancelled;
}

/** Promised units of the line that no location has yet. */
export function backorderedOf(line: Line): number {
  return line.open - unitsOf(line.openAt) + line.owed - unitsOf(line.owedAt);
}

export function unitsOf(placed: readonly Placed[]): number {
  return placed.reduce((total, { quantity }) => total + quantity, 0);
}

/** Joins placements of one location; drops what is empty. */
export function merged(...lists: readonly (readonly Placed[])[]): readonly Placed[] {
  const units = new Map<LocationId, number>();
  for (const { location, quantity } of lists.flat()) units.set(location, (units.get(location) ?? 0) + quantity);
  return [...units].filter(([, quantity]) => quantity !== 0).map(([location, quantity]) => ({ location, quantity }));
}

export function without(placed: readonly Placed[], gone: readonly Placed[]): readonly Placed[] {
  return merged(
    placed,
    gone.map(({ location, quantity }) => ({ location, quantity: -quantity })),
  );
}

/** Which units of a line go first: a buyer rather loses what nobody has yet, and rather gets what is there. */
export function takeUnits(
  line: number,
  placed: readonly Placed[],
  total: number,
  quantity: number,
  first: 'placed' | 'backordered',
): Units {
  const there = unitsOf(placed);
  let fromPlaces = first === 'placed' ? Math.min(quantity, there) : Math.max(0, quantity - (total - there));
  const taken: Placed[] = [];
  for (const { location, quantity: units } of placed) {
    const part = Math.min(units, fromPlaces);
    if (part > 0) taken.push({ location, quantity: part });
    fromPlaces -= part;
  }
  return { line, quantity, placed: taken };
}

export type Operation = Exclude<Plan['type'], 'reserve'>;

/** SPEC §1's table: go on, answer without a change, or refuse with the code. */
export function permitted(operation: Operation, status: ReservationStatus): 'go' | 'no_op' | 'retake' | StatusRefusal {
  return PERMITTED[operation][status];
}

export type StatusRefusal =
  | 'reservation_pinned'
  | 'reservation_expired'
  | 'reservation_released'
  | 'reservation_cancelled'
  | 'already_committed'
  | 'already_fulfilled'
  | 'not_committed';

const COMMITTED = { committed: 'already_committed', fulfilled: 'already_committed', cancelled: 'reservation_cancelled' } as const;
const CHANGE = {
  active: 'go',
  pinned: 'reservation_pinned',
  ...COMMITTED,
  released: 'reservation_released',
  expired: 'reservation_expired',
} as const;

/** `retake` is for the caller to judge: pin takes lapsed units anew, commit only when it was asked to. */
const PERMITTED = {
  extend: CHANGE,
  resize: CHANGE,
  pin: { active: 'go', pinned: 'no_op', ...COMMITTED, released: 'reservation_released', expired: 'retake' },
  commit: { active: 'go', pinned: 'go', ...COMMITTED, released: 'reservation_released', expired: 'retake' },
  release: { active: 'go', pinned: 'go', ...COMMITTED, released: 'no_op', expired: 'no_op' },
  fulfill: {
    active: 'go',
    pinned: 'go',
    committed: 'go',
    fulfilled: 'already_fulfilled',
    cancelled: 'reservation_cancelled',
    released: 'not_committed',
    expired: 'not_committed',
  },
  cancel: {
    active: 'go',
    pinned: 'go',
    committed: 'go',
    fulfilled: 'already_fulfilled',
    cancelled: 'no_op',
    released: 'not_committed',
    expired: 'not_committed',
  },
  hand_over: {
    active: 'go',
    pinned: 'go',
    committed: 'go',
    fulfilled: 'already_fulfilled',
    cancelled: 'reservation_cancelled',
    released: 'reservation_released',
    expired: 'reservation_expired',
  },
} as const satisfies Record<Operation, Record<ReservationStatus, 'go' | 'no_op' | 'retake' | StatusRefusal>>;
