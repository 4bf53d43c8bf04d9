import type { CartLine } from '../../domain/cart/cart.ts';
import type { Stated } from '../../domain/command.ts';
import type { ChannelId, ReservationId, Sku, SourceId } from '../../domain/ids.ts';
import { jsonPages } from '../read-models/json-pages.ts';

/** An order with everything that it names looked up. */
export interface StatedOrder extends Stated {
  readonly reservation: ReservationId;
  /** What its reservation's id ends with. */
  readonly hash: string;
  readonly channel: ChannelId;
  readonly orderRef: string;
  readonly lines: readonly CartLine[];
  /** The one SKU that all lines are of; null: a cart. */
  readonly sku: Sku | null;
  readonly mark: number | null;
  readonly placedAtMs: number;
}

/** An order as it was told first, and whether it is known to be booked. */
export interface KnownOrder {
  readonly order: StatedOrder;
  readonly booked: { readonly sequence: number | null } | null;
}

export interface BookedOrder {
  readonly order: StatedOrder;
  readonly sequence: number | null;
}

/**
 * Writes down every order before anybody books it, and answers what is written: of one that is known under its id or its
 * order_ref, what was told first. So two tellers book the same facts, and one that died half-way loses nothing (R30c).
 */
export async function registered(db: D1Database, orders: readonly StatedOrder[], nowMs: number): Promise<readonly KnownOrder[]> {
  if (orders.length === 0) return [];
  const rows = orders.map((order) => ({
    source: order.source,
    id: order.id,
    order_ref: order.orderRef,
    reservation_id: order.reservation,
    body: JSON.stringify(order),
  }));
  const names = JSON.stringify(orders.map(({ source, id, orderRef }) => ({ source, id, order_ref: orderRef })));
  const puts = jsonPages(rows).map((page) => db.prepare(PUT).bind(page, nowMs));
  const results = await db.batch<Row>([...puts, db.prepare(BY_ID).bind(names), db.prepare(BY_REF).bind(names)]);
  const [byId, byRef] = results.slice(puts.length).map(({ results: found }) => found);
  const ofId = new Map(byId?.map((row) => [key(row.source, row.id), row]));
  const ofRef = new Map(byRef?.map((row) => [key(row.source, row.order_ref), row]));
  return orders.map((order) => {
    const row = ofId.get(key(order.source, order.id)) ?? ofRef.get(key(order.source, order.orderRef));
    if (row === undefined) throw new Error('an order that was written down is there');
    const booked = row.booked_at_ms === null ? null : { sequence: row.sequence };
    return { order: JSON.parse(row.body) as StatedOrder, booked };
  });
}

interface Row {
  readonly source: SourceId;
  readonly id: string;
  readonly order_ref: string;
  readonly body: string;
  readonly booked_at_ms: number | null;
  readonly sequence: number | null;
}

function key(source: SourceId, name: string): string {
  return JSON.stringify([source, name]);
}

const PUT = `
  INSERT INTO order_seen (source, id, order_ref, reservation_id, body, seen_at_ms)
  SELECT value->>'source', value->>'id', value->>'order_ref', value->>'reservation_id', value->>'body', ?2
  FROM json_each(?1) WHERE true ORDER BY key
  ON CONFLICT DO NOTHING`;

const selectBy = (name: 'id' | 'order_ref'): string => `
  SELECT seen.source, seen.id, seen.order_ref, seen.body, seen.booked_at_ms, seen.sequence FROM json_each(?) AS asked
  JOIN order_seen AS seen ON seen.source = asked.value->>'source' AND seen.${name} = asked.value->>'${name}'`;
const BY_ID = selectBy('id');
const BY_REF = selectBy('order_ref');

/** From now on they are duplicates without anybody being asked: objects forget facts sooner than this table does (R8). */
export async function noteBooked(db: D1Database, orders: readonly BookedOrder[], nowMs: number): Promise<void> {
  const rows = orders.map(({ order: { source, id }, sequence }) => ({ source, id, sequence }));
  if (rows.length > 0) await db.batch(jsonPages(rows).map((page) => db.prepare(NOTE).bind(page, nowMs)));
}

const NOTE = `
  UPDATE order_seen SET booked_at_ms = ?2, sequence = told.value->>'sequence' FROM json_each(?1) AS told
  WHERE order_seen.source = told.value->>'source' AND order_seen.id = told.value->>'id' AND booked_at_ms IS NULL`;

/** Forgets the oldest, so many at most; only these are looked at. Answers how many went. */
export async function trimOrders(db: D1Database, beforeMs: number, rowsMax: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM order_seen WHERE number < (SELECT max(number) FROM order_seen)
         AND number IN (SELECT number FROM order_seen ORDER BY number LIMIT ?2) AND seen_at_ms < ?1`,
    )
    .bind(beforeMs, rowsMax)
    .run();
  return meta.changes;
}
