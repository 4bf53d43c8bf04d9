import type { LocationId } from './ids.ts';
import { movesBooks, type Event, type Units } from './event.ts';
import type { PostingLine } from './posting.ts';

/** What an event does to the books of places: on_hand by h, committed by k (R34). */
export interface Effect {
  /** Ours to tell the ERP; what an `erp` source stated is in there already. */
  readonly own: boolean;
  readonly lines: readonly PostingLine[];
}

const NONE: Effect = { own: false, lines: [] };

export function effectOf(event: Event): Effect {
  if (!movesBooks(event)) return NONE;
  switch (event.type) {
    case 'committed':
      return { own: true, lines: committedAt(event.lines, 1) };
    case 'cancelled':
      return { own: true, lines: committedAt(event.lines, -1) };
    case 'shipped':
      return {
        own: event.stated?.books !== 'erp',
        lines: committedAt(event.lines, -1).map((line) => ({ ...line, onHand: event.onHand })),
      };
    case 'placed':
      return event.class === 'owed' ? { own: true, lines: [committed(event.at.location, event.at.quantity)] } : NONE;
    case 'reallocated':
      return event.class === 'owed'
        ? { own: true, lines: [committed(event.from, -event.at.quantity), committed(event.at.location, event.at.quantity)] }
        : NONE;
    case 'backordered':
      return event.class === 'owed' ? { own: true, lines: [committed(event.from.location, -event.from.quantity)] } : NONE;
    case 'moved':
      return { own: event.books === 'front', lines: event.changes.map((change) => ({ ...change, committed: 0 })) };
    case 'counted':
      return {
        own: event.books === 'front',
        lines: [{ location: event.location, status: event.status, onHand: event.onHand, committed: 0 }],
      };
  }
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
