import type { Stated } from './command.ts';
import type { Event, Told } from './event.ts';

/** The fact from outside that an entry books, or null: it is ours. A count is none of these, it says what is and not what happened. */
export function factOf(event: Event): (Stated & Told) | null {
  switch (event.type) {
    case 'moved':
      return event;
    case 'ordered':
      // What we are to tell the ERP is a commitment of ours, from the moment at which we know it.
      return event.books === 'erp' ? event : null;
    case 'shipped':
    case 'reallocated':
      return event.stated ?? null;
    case 'reserved':
    case 'extended':
    case 'grown':
    case 'released':
    case 'pinned':
    case 'retaken':
    case 'expired':
    case 'handed_over':
    case 'committed':
    case 'cancelled':
    case 'placed':
    case 'backordered':
    case 'counted':
    case 'reconciled':
    case 'item_changed':
    case 'case_opened':
    case 'case_changed':
    case 'case_closed':
      return null;
  }
}
