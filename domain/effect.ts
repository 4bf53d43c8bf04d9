import type { LocationId } from './ids.ts';
import { movesBooks, type Entry, type Event, type Units } from './event.ts';
import type { PostingLine } from './posting.ts';
import type { Place, Placed } from './stock.ts';

/** What an event does to the books of places: on_hand by h, committed by k (R34). */
export interface Effect {
  /** Ours to tell the ERP; what an `erp` source stated is in there already. */
  readonly own: boolean;
  readonly lines: readonly PostingLine[];
  /** What it does here and in no number of the ERP's: units of its own orders at places that it did not name (R30c). */
  readonly apart: readonly PostingLine[];
}

const NONE: Effect = { own: false, lines: [], apart: [] };

export function effectOf(event: Event): Effect {
  if (!movesBooks(event)) return NONE;
  switch (event.type) {
    case 'ordered':
      return ofUnits(event.books === 'front', event.lines, 1, event);
    case 'committed':
      return ofUnits(true, event.lines, 1, NOTHING_LEFT);
    case 'cancelled':
      return ofUnits(true, event.lines, -1, NOTHING_LEFT);
    case 'shipped':
      return ofUnits(event.stated?.books !== 'erp', event.lines, -1, event);
    case 'placed':
      return event.class === 'owed' ? ofMove(true, event, null, to(event)) : NONE;
    case 'reallocated': {
      const left = { ...committed(event.from, -event.at.quantity), onHand: event.onHand ?? 0 };
      return event.class === 'owed' ? ofMove(event.stated?.books !== 'erp', event, left, to(event)) : NONE;
    }
    case 'backordered':
      return event.class === 'owed' ? ofMove(true, event, committed(event.from.location, -event.from.quantity), null) : NONE;
    case 'moved':
      return {
        own: event.books === 'front',
        lines: event.changes.map((change) => ({ ...change, committed: 0 })),
        apart: [],
      };
    case 'counted':
    case 'reconciled':
      return {
        own: event.books === 'front',
        lines: [{ location: event.location, status: event.status, onHand: event.onHand, committed: 0 }],
        apart: [],
      };
  }
}

export function linesAt({ event }: Pick<Entry, 'event'>, { location, status }: Place): readonly PostingLine[] {
  return effectOf(event).lines.filter((line) => line.location === location && line.status === status);
}

const NOTHING_LEFT = { location: null, onHand: 0 };

/** Units that change class, and what that changes on hand at their place. */
function ofUnits(
  own: boolean,
  units: readonly Units[],
  sign: 1 | -1,
  { location, onHand }: { readonly location: LocationId | null; readonly onHand: number },
): Effect {
  const lines = committedAt(
    units.filter(({ unnamed }) => unnamed !== true),
    sign,
  );
  const apart = committedAt(
    units.filter(({ unnamed }) => unnamed === true),
    sign,
  );
  if (location === null || onHand === 0) return { own, lines, apart };
  // One entry is of one place, and so of one line at most.
  const [here = committed(location, 0)] = lines;
  return { own, lines: [{ ...here, onHand }], apart };
}

/** Committed units that leave a place for another, or for none. */
function ofMove(
  own: boolean,
  { unnamed }: { readonly unnamed?: 'both' | 'to' },
  left: PostingLine | null,
  came: PostingLine | null,
): Effect {
  const from = left === null ? [] : [left];
  const there = came === null ? [] : [came];
  if (unnamed === 'both') return { own: false, lines: [], apart: [...from, ...there] };
  return unnamed === 'to' ? { own, lines: from, apart: there } : { own, lines: [...from, ...there], apart: [] };
}

function to({ at }: { readonly at: Placed }): PostingLine {
  return committed(at.location, at.quantity);
}

/** Commitments stand on sellable units; those without a place are nobody's yet. */
function committed(location: LocationId, quantity: number): PostingLine {
  return { location, status: 'sellable', onHand: 0, committed: quantity };
}

function committedAt(lines: readonly Units[], sign: 1 | -1): readonly PostingLine[] {
  const units = new Map<LocationId, number>();
  for (const { placed } of lines) {
    for (const { location, quantity } of placed) units.set(location, (units.get(location) ?? 0) + quantity);
  }
  return [...units].map(([location, quantity]) => committed(location, sign * quantity));
}
