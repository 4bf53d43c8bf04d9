import * as z from 'zod';
import { FACTS_MAX, RESERVATION_LINES_MAX } from './limits.ts';
import { channelId, itemName, locationName, orderRef, sourceId, text, unitName } from './names.ts';
import { mark, moment, positive, units } from './quantities.ts';

const line = z.strictObject({
  sku: itemName,
  quantity: positive,
  unit: unitName.optional(),
  location: locationName
    .optional()
    .meta({ description: 'Where it was accepted from. Absent: wherever the channel finds units.' }),
});

export const order = z
  .strictObject({
    id: text.meta({
      description: 'Unique for its source: an order is booked once per (source, id).',
      example: 'MKT-2026-000042',
    }),
    source: sourceId,
    channel: channelId,
    order_ref: orderRef.meta({ description: 'Also once per (source, order_ref), whoever sends it under another id.' }),
    lines: z.array(line).min(1).max(RESERVATION_LINES_MAX),
    placed_at: moment,
    mark: mark.optional(),
  })
  .meta({ id: 'Order', description: 'An order that was accepted elsewhere.' });
export type Order = z.output<typeof order>;

/** What is read first: one order of wrong form is rejected alone and never costs the others their booking. */
export const ordersEnvelope = z.strictObject({ orders: z.array(z.unknown()).max(FACTS_MAX) });
/** What the documentation says of it. */
export const ordersRequest = z.strictObject({ orders: z.array(order).max(FACTS_MAX) });

export const ordersReply = z.object({
  items: z.array(
    z.object({
      id: z.string().nullable().meta({ description: 'As it was sent; null where it could not be read.' }),
      source: z.string().nullable(),
      outcome: z.enum(['applied', 'duplicate', 'rejected']),
      code: z.string().optional().meta({ description: 'Why it was rejected.' }),
      detail: z.string().optional(),
      sequence: units.optional().meta({ description: 'Of an order of one item: the entry that it became.' }),
      reservation_id: z
        .string()
        .nullable()
        .meta({ description: 'The reservation that the order is from now on. null: it was rejected.' }),
    }),
  ),
});
export type OrderReply = z.output<typeof ordersReply>['items'][number];
