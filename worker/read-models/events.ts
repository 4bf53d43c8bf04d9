import type { EventData, EventType } from '../../contracts/events.ts';
import { publicId } from '../../domain/cart/cart.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { ChangeMessage, StockEvent } from '../../durable-objects/sku-stock/protocol.ts';
import { caseIdOf } from './case-id.ts';
import { jsonPages } from './json-pages.ts';
import { shownOffer, shownOf } from './shown-now.ts';

/** An event on its way into its table. */
export interface NewEvent {
  readonly sku: Sku | null;
  readonly sequence: number;
  readonly type: EventType;
  /** Whose it is; null: of no channel, or of those that its data lists. */
  readonly channel: ChannelId | null;
  readonly atMs: number;
  readonly recordedAtMs: number;
  readonly data: string;
}

/**
 * What the objects tell, each event once: an object's list goes on where the events lie that are here, and whatever lies up
 * to there is passed over. To be run before the same messages move that mark, in one transaction.
 */
export function putObjectEvents(
  db: D1Database,
  changes: readonly ChangeMessage[],
  network: Network,
  nowMs: number,
): D1PreparedStatement[] {
  const told = changes.flatMap(({ sku, snapshot, events }) => {
    const message = { messageSequence: snapshot.sequence, messageAsOfMs: snapshot.asOfMs };
    return events.map((one) => ({ ...eventOf(sku, one, nowMs), position: one.position, ...message }));
  });
  const offers = changes.map((change) => ({
    sku: change.sku,
    sequence: change.snapshot.sequence,
    asOfMs: change.snapshot.asOfMs,
    recordedAtMs: nowMs,
    ...shownOf(change, network),
  }));
  return [
    ...jsonPages(told).map((page) => db.prepare(PUT_TOLD).bind(page)),
    ...jsonPages(offers).map((page) => db.prepare(PUT_CHANGED).bind(page)),
  ];
}

function eventOf(sku: Sku, event: StockEvent, recordedAtMs: number): NewEvent {
  const channel = 'channel' in event ? event.channel : null;
  const { type, sequence, atMs } = event;
  return { sku, sequence, type, channel, atMs, recordedAtMs, data: JSON.stringify(dataOf(sku, event)) };
}

function dataOf(sku: Sku, event: StockEvent): EventData<EventType> {
  switch (event.type) {
    case 'reservation.expired':
      return ofReservation(event);
    case 'reservation.released':
      return { ...ofReservation(event), reason: 'over_reservation', lines: [...event.lines] };
    case 'reservation.reallocated':
    case 'reservation.backordered':
    case 'reservation.placed': {
      const { line, quantity, orderRef: order_ref, from, to } = event;
      const places = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
      return { ...ofReservation(event), line, quantity, order_ref, ...places };
    }
    case 'case.opened':
    case 'case.changed':
    case 'case.closed':
      return { case_id: caseIdOf(sku, event.number), kind: event.kind, difference: event.difference };
    case 'availability.threshold':
      return { channels: event.channels.map((one) => ({ ...shownOffer(one), was: one.was })) };
  }
}

/** Objects hold the lines of a cart under names that nobody outside knows. */
function ofReservation({ reservation, channel }: Extract<StockEvent, { readonly reservation: unknown }>) {
  return { reservation_id: publicId(reservation), channel };
}

export const INSERT_EVENT = 'INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data)';
/** `e` is `json_each` over new events, which may tell more of themselves to choose by. */
export const EVENT_COLUMNS = `e.value->>'sku', e.value->>'sequence', e.value->>'type', e.value->>'channel', e.value->>'atMs', e.value->>'recordedAtMs', e.value->>'data'`;

// A message that came too late to move the mark tells nothing: what it lists stands in a newer one, or will be sent again.
const PUT_TOLD = `${INSERT_EVENT}
  SELECT ${EVENT_COLUMNS} FROM json_each(?) AS e
  LEFT JOIN availability AS was ON was.sku = e.value->>'sku'
  WHERE was.sku IS NULL
    OR (e.value->>'position' > was.events_through
      AND (e.value->>'messageSequence', e.value->>'messageAsOfMs') >= (was.sequence, was.as_of_ms))
  ORDER BY e.key`;

// Compared with what was projected last, so that only what is news is told, and whoever sends it twice tells it once. What was
// shown under one network does not compare with what is shown under another: then each channel is told.
const PUT_CHANGED = `${INSERT_EVENT}
  WITH message AS (
    SELECT e.key, e.value->>'sku' AS sku, e.value->>'sequence' AS sequence, e.value->>'asOfMs' AS as_of_ms,
      e.value->>'recordedAtMs' AS recorded_at_ms, e.value->'channels' AS channels, e.value->>'shown' AS shown,
      e.value->>'networkVersion' AS network_version, (SELECT version FROM network_version) AS newest_version
    FROM json_each(?) AS e
  ), compared AS (
    SELECT message.*, was.sequence AS was, was.shown AS was_shown, iif(
      was.network_version = message.network_version AND message.network_version = newest_version, was.offers, NULL) AS was_offers
    FROM message LEFT JOIN availability AS was ON was.sku = message.sku
    WHERE was.sku IS NULL OR (message.sequence, message.as_of_ms) >= (was.sequence, was.as_of_ms)
  ), news AS (
    SELECT compared.*, (
      SELECT json_group_array(json_remove(now.value, '$.level')) FROM json_each(channels) AS now
      WHERE now.type = 'object' AND now.value NOT IN (SELECT value FROM json_each(coalesce(was_offers, '[]')) WHERE type = 'object')
    ) AS changed
    FROM compared
  )
  SELECT sku, sequence, 'availability.changed', NULL, as_of_ms, recorded_at_ms,
    iif(channels = 'null', '{"channels":null}', '{"channels":' || changed || '}')
  FROM news
  WHERE changed <> '[]' OR (channels = 'null' AND (sequence > coalesce(was, 0) OR shown IS NOT was_shown))
  ORDER BY key`;
