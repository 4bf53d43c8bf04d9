import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ReservationId, SourceId } from '../../domain/ids.ts';

/**
 * Orders as they were told first (R30c): whoever tells one again, under its own id or under another, tells this one. The
 * number says which are oldest.
 */
export const orderSeen = sqliteTable(
  'order_seen',
  {
    number: integer('number').primaryKey(),
    source: text('source').$type<SourceId>().notNull(),
    id: text('id').notNull(),
    orderRef: text('order_ref').notNull(),
    reservationId: text('reservation_id').$type<ReservationId>().notNull(),
    /** JSON: what is to be booked, so that it can be booked even where its first teller died. */
    body: text('body').notNull(),
    seenAtMs: integer('seen_at_ms').notNull(),
    /** null: nobody has said that it was. Until then whoever tells it books it. */
    bookedAtMs: integer('booked_at_ms'),
    /** The entry that an order of one item became. */
    sequence: integer('sequence'),
  },
  (table) => [
    uniqueIndex('order_seen_id').on(table.source, table.id),
    // The look-up by order_ref reads it too.
    uniqueIndex('order_seen_ref').on(table.orderRef, table.source),
  ],
);
