import type { Entry, Event } from '../../domain/event.ts';
import { EVENTS } from '../../worker/read-models/event-tables.ts';

/** What readers of the outlet were told of one entry. */
export interface ToldRow {
  readonly sku: string | null;
  readonly sequence: number;
  readonly type: string;
  readonly times: number;
}

// A case that no object knows has another kind of id, and the ERP's mark for a sequence, which may be the number of an entry by chance.
export const TOLD_ROWS = `SELECT sku, sequence, type, count(*) AS times FROM ${EVENTS}
  WHERE type LIKE 'reservation.%' OR (type LIKE 'case.%' AND data ->> 'case_id' NOT LIKE '%~%') GROUP BY sku, sequence, type`;

/** [I16] What happened of itself stands in the outlet, each once: an acknowledgement that says too much would hide it for good. */
export function unheard(journals: ReadonlyMap<string, readonly Entry[]>, rows: readonly ToldRow[]): readonly string[] {
  const told = new Map(rows.map(({ sku, sequence, type, times }) => [`${sku} ${sequence} ${type}`, times]));
  return [...journals].flatMap(([sku, entries]) =>
    entries.flatMap(({ sequence, event }) => {
      const { type, times } = newsIn(event);
      const heard = told.get(`${sku} ${sequence} ${type}`) ?? 0;
      return heard === times ? [] : [`I16 ${sku}: of entry ${sequence} readers were told ${type} ${heard} times, not ${times}`];
    }),
  );
}

function newsIn(event: Event): { readonly type: string; readonly times: number } {
  switch (event.type) {
    case 'expired':
      return { type: 'reservation.expired', times: event.reservations.length };
    case 'released':
    case 'reallocated':
      return { type: `reservation.${event.type}`, times: event.reason === 'over_reservation' ? 1 : 0 };
    case 'backordered':
    case 'placed':
      return { type: `reservation.${event.type}`, times: 1 };
    case 'case_opened':
    case 'case_changed':
    case 'case_closed':
      return { type: event.type.replace('_', '.'), times: 1 };
    case 'reserved':
    case 'extended':
    case 'grown':
    case 'pinned':
    case 'retaken':
    case 'ordered':
    case 'handed_over':
    case 'committed':
    case 'cancelled':
    case 'shipped':
    case 'moved':
    case 'counted':
    case 'reconciled':
    case 'item_changed':
      return { type: '', times: 0 };
  }
}
