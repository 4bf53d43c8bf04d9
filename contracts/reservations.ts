import * as z from 'zod';
import { pageOf } from './pages.ts';
import { instant, units } from './quantities.ts';

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
