import * as z from 'zod';
import { RESERVATION_LINES_MAX, RESERVATION_TTL_SECONDS_DEFAULT, RESERVATION_TTL_SECONDS_MAX } from './limits.ts';
import { channelId, itemName, locationName, orderRef, text, unitName } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, nonNegative, positive, units } from './quantities.ts';

const ttlSeconds = z.int().min(1).max(RESERVATION_TTL_SECONDS_MAX).meta({ example: RESERVATION_TTL_SECONDS_DEFAULT });
const lineNumber = z.int().min(1).max(RESERVATION_LINES_MAX).meta({ description: 'Lines are numbered from 1.', example: 1 });

const newLine = z.strictObject({
  sku: itemName,
  quantity: positive,
  unit: unitName.optional(),
  location: locationName.optional(),
});

export const newReservation = z
  .strictObject({
    channel: channelId.optional(),
    lines: z.array(newLine).min(1).max(RESERVATION_LINES_MAX),
    ttl_seconds: ttlSeconds.default(RESERVATION_TTL_SECONDS_DEFAULT),
    buyer: text.optional().meta({ description: 'Stored as a hash.' }),
    mode: z.enum(['all_or_nothing', 'partial']).default('all_or_nothing'),
    split: z.enum(['never', 'allowed']).default('allowed'),
  })
  .meta({ id: 'NewReservation' });

export const reserveQuery = z.strictObject({ consistency: z.enum(['cached', 'strong']).default('cached') });
export const reservationsQuery = z.strictObject({ order_ref: orderRef, ...pageQuery });

/** Each line once: two numbers for one line would leave it open which one counts. */
function linesOf<Quantity extends z.ZodType<number>>(quantity: Quantity) {
  return z
    .array(z.strictObject({ line: lineNumber, quantity }))
    .min(1)
    .max(RESERVATION_LINES_MAX)
    .refine((lines) => new Set(lines.map(({ line }) => line)).size === lines.length, 'must name each line once');
}

const someLines = linesOf(nonNegative).optional().meta({ description: 'Absent: all there is.' });

export const extendRequest = z.strictObject({ ttl_seconds: ttlSeconds });
export const resizeRequest = z.strictObject({ lines: linesOf(positive).meta({ description: 'The new open units.' }) });
export const pinRequest = z.strictObject({});
export const commitRequest = z.strictObject({
  order_ref: orderRef,
  lines: someLines,
  keep_rest: z.boolean().default(false),
  reacquire: z.boolean().default(false),
});
export const handOverRequest = z
  .strictObject({
    buyer: text.optional().meta({ description: 'The new buyer. Stored as a hash.' }),
    reference: text.optional().meta({ description: 'What it belongs to from now on.', example: 'CART-77' }),
  })
  .refine(({ buyer, reference }) => buyer !== undefined || reference !== undefined, 'must name a buyer or a reference');
export const linesRequest = z.strictObject({ lines: someLines });

export const reservationStatus = z.enum(['active', 'pinned', 'committed', 'fulfilled', 'cancelled', 'released', 'expired']);

const allocations = z.array(z.object({ location: z.string(), quantity: units }));

export const reservation = z
  .object({
    id: z.string(),
    status: reservationStatus,
    channel: z.string(),
    buyer: z.string().nullable(),
    order_ref: z.string().nullable(),
    reference: z.string().nullable().meta({ description: 'What it was handed over to.' }),
    promised_at: instant
      .nullable()
      .meta({ description: 'By when all that no location has yet is expected; null: all is there, or nobody announced enough.' }),
    created_at: instant,
    expires_at: instant.nullable(),
    as_of: instant,
    lines: z.array(
      z.object({
        line: units,
        sku: z.string(),
        quantity: units.meta({ description: 'Asked.' }),
        reserved: units.meta({ description: 'Granted: open + committed + released + expired.' }),
        open: units,
        committed: units.meta({ description: 'To fulfil + fulfilled + cancelled.' }),
        fulfilled: units,
        cancelled: units,
        released: units,
        expired: units,
        backordered: units,
        allocations,
        sequence: units,
        components: z
          .array(z.object({ sku: z.string(), quantity: units, allocations }))
          .optional()
          .meta({ description: 'Of a kit: units of each part in one kit, and where those of all kits are.' }),
      }),
    ),
    present_status: reservationStatus
      .nullable()
      .optional()
      .meta({ description: 'In a replay only: the status now, beside the first answer.' }),
  })
  .meta({ id: 'Reservation' });
export type ReservationReply = z.output<typeof reservation>;

export const reservationsReply = pageOf(reservation);
