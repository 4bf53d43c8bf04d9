import type { Entry, Event } from '../../domain/event.ts';
import type { ChannelId, ReservationId } from '../../domain/ids.ts';
import { NEWS_RESERVATIONS_MAX } from './limits.ts';
import { positionOf } from './positions.ts';
import type { ChangedCase, ChangeMessage, StockEvent } from './protocol.ts';

/** What the read models are told of one journal entry, or of a part of one that has much to tell. */
export interface News {
  readonly position: number;
  readonly case: ChangedCase | null;
  readonly order: ChangeMessage['orders'][number] | null;
  readonly events: readonly StockEvent[];
}

type ChannelOf = (id: ReservationId) => ChannelId | null;

/** Of most entries nothing: a reservation that goes the way that its buyer chose is no news. */
export function newsOf({ sequence, atMs, event }: Entry, channelOf: ChannelOf): readonly News[] {
  const at = { position: positionOf(sequence), sequence, atMs };
  const said = (more: Partial<News>): readonly News[] => [
    { position: at.position, case: null, order: null, events: [], ...more },
  ];
  const of = (reservation: ReservationId) => ({ ...at, reservation, channel: channelOf(reservation) });
  const aboutCase = (type: `case.${'opened' | 'changed' | 'closed'}`, changed: ChangedCase): readonly News[] => {
    const { number, about, difference } = changed;
    return said({ case: changed, events: [{ type, ...at, number, kind: about.kind, difference }] });
  };
  switch (event.type) {
    case 'case_opened': {
      const { about, difference } = event;
      return aboutCase('case.opened', { number: sequence, about, difference, openedAtMs: atMs, closedAtMs: null });
    }
    case 'case_changed':
      return aboutCase('case.changed', { ...event.case, closedAtMs: null });
    case 'case_closed':
      return aboutCase('case.closed', { ...event.case, closedAtMs: atMs });
    case 'ordered':
    case 'committed':
      return said({ order: { orderRef: event.orderRef, reservation: event.reservation } });
    case 'expired':
      return lapses(sequence, event, channelOf);
    case 'released': {
      if (event.reason !== 'over_reservation') return [];
      const lines = event.lines.map(({ line, quantity }) => ({ line, quantity }));
      return said({ events: [{ type: 'reservation.released', ...of(event.reservation), lines }] });
    }
    case 'reallocated': {
      // Goods that left from elsewhere are gone already.
      if (event.reason !== 'over_reservation') return [];
      const { orderRef, line, from, at: to } = event;
      const move = { orderRef, line, quantity: to.quantity, from, to: to.location };
      return said({ events: [{ type: 'reservation.reallocated', ...of(event.reservation), ...move }] });
    }
    case 'backordered': {
      const { orderRef, line, from } = event;
      const move = { orderRef, line, quantity: from.quantity, from: from.location, to: null };
      return said({ events: [{ type: 'reservation.backordered', ...of(event.reservation), ...move }] });
    }
    case 'placed': {
      const { orderRef, line, at: to } = event;
      const move = { orderRef, line, quantity: to.quantity, from: null, to: to.location };
      return said({ events: [{ type: 'reservation.placed', ...of(event.reservation), ...move }] });
    }
    case 'reserved':
    case 'handed_over':
    case 'extended':
    case 'grown':
    case 'pinned':
    case 'retaken':
    case 'cancelled':
    case 'shipped':
    case 'moved':
    case 'counted':
    case 'reconciled':
    case 'item_changed':
      return [];
  }
}

/** One entry may name ten thousand, and a message must hold a part of it. */
function lapses(sequence: number, { reservations }: Extract<Event, { type: 'expired' }>, channelOf: ChannelOf): readonly News[] {
  const parts: News[] = [];
  for (let start = 0; start < reservations.length; start += NEWS_RESERVATIONS_MAX) {
    const position = positionOf(sequence, parts.length);
    const events = reservations.slice(start, start + NEWS_RESERVATIONS_MAX).map(({ reservation, atMs }): StockEvent => {
      const channel = channelOf(reservation);
      return { type: 'reservation.expired', position, sequence, atMs, reservation, channel };
    });
    parts.push({ position, case: null, order: null, events });
  }
  return parts;
}
