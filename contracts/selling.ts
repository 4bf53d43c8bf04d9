import * as z from 'zod';
import { QUERY_SKUS_MAX, RESERVATION_LINES_MAX, RESERVATION_TTL_SECONDS_DEFAULT, RESERVATION_TTL_SECONDS_MAX } from './limits.ts';
import { channelId, itemName, locationId, locationName, orderRef, reservationId, text, unitName } from './names.ts';
import { pageQuery } from './pages.ts';
import { nonNegative, positive } from './quantities.ts';

// What is asked while somebody sells: an isolate makes these schemas before its first answer, and no others (docs/script.md).

const consistency = z
  .enum(['cached', 'strong'])
  .default('cached')
  .meta({ description: '`strong` asks the object of the item; `cached` may be as old as `age_ms` says.' });

export const availabilityQuery = z.strictObject({
  channel: channelId.optional(),
  location: locationId.optional(),
  consistency,
  as_reservation: reservationId
    .optional()
    .meta({ description: 'What this reservation could have: its own open units count as free.' }),
});

export const availabilityOfMany = z.strictObject({
  channel: channelId.optional(),
  skus: z.array(itemName).max(QUERY_SKUS_MAX),
  locations: z.array(locationName).max(QUERY_SKUS_MAX).optional(),
  consistency,
});

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
