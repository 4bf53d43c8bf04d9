import { ORDERS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { OrderTaking } from '../../durable-objects/sku-stock/protocol.ts';
import { jsonPages } from './json-pages.ts';
import type { Turning } from './past-table.ts';

export const ORDER_TABLES: Turning = { table: 'order_reservation', keptDays: ORDERS_KEPT_DAYS, begin: [] };

/** Every reservation that the order took units of, and the one that it is itself where it was accepted elsewhere. */
export async function reservationsOfOrder(db: D1Database, orderRef: string): Promise<ReservationId[]> {
  const { results } = await db
    .prepare(
      `SELECT reservation_id AS id FROM order_reservation WHERE order_ref = ?1
       UNION SELECT reservation_id FROM order_reservation_past WHERE order_ref = ?1
       UNION SELECT reservation_id FROM order_seen WHERE order_ref = ?1 ORDER BY id`,
    )
    .bind(orderRef)
    .all<{ id: ReservationId }>();
  return results.map(({ id }) => id);
}

/** Those that are known already cost no row. */
export function putOrders(db: D1Database, orders: readonly OrderTaking[]): D1PreparedStatement[] {
  const rows = orders.map(({ orderRef, reservation }) => ({ order_ref: orderRef, reservation_id: reservation }));
  return jsonPages(rows).map((page) => db.prepare(INSERT).bind(page));
}

const INSERT = `
  INSERT INTO order_reservation (order_ref, reservation_id)
  SELECT value->>'order_ref', value->>'reservation_id' FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING`;
