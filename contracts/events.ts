import * as z from 'zod';
import { availabilityStatus } from './availability.ts';
import { CASE_KINDS } from './cases.ts';
import { pageQuery } from './pages.ts';
import { POSTING_KINDS } from '../domain/posting.ts';
import { instant, units } from './quantities.ts';

const alias = z.object({ system: z.string(), external_id: z.string() });
const offer = { channel: z.string(), available_to_sell: units, status: availabilityStatus };
const ofReservation = { reservation_id: z.string(), channel: z.string().nullable() };
const moved = { ...ofReservation, line: units, quantity: units, order_ref: z.string().nullable() };
const ofCase = z.object({ case_id: z.string(), kind: z.enum(CASE_KINDS), difference: units.nullable() });
const posting = { key: z.string(), kind: z.enum(POSTING_KINDS), location: z.string(), quantity: units };

/** What each type tells beside where and when it happened. */
const EVENT_DATA = {
  'availability.changed': z.object({ channels: z.array(z.object(offer)).nullable() }).meta({
    description:
      'What these channels may sell from now on; of one whose number stayed, its part at a place or its own open orders are others. null: too many to list.',
  }),
  'availability.threshold': z
    .object({ channels: z.array(z.object({ ...offer, was: availabilityStatus })) })
    .meta({ description: 'Sold out, back, or low: the status of these channels was another before.' }),
  'reservation.expired': z.object(ofReservation),
  'reservation.released': z
    .object({
      ...ofReservation,
      reason: z.literal('over_reservation'),
      lines: z.array(z.object({ line: units, quantity: units })),
    })
    .meta({ description: 'Nobody asked for it: its units were needed in a shortage.' }),
  'reservation.reallocated': z.object({ ...moved, from: z.string(), to: z.string() }),
  'reservation.backordered': z
    .object({ ...moved, from: z.string() })
    .meta({ description: 'Its units lost their place in a shortage.' }),
  'reservation.placed': z.object({ ...moved, to: z.string() }).meta({ description: 'Units that waited got a place.' }),
  'case.opened': ofCase,
  'case.changed': ofCase,
  'case.closed': ofCase,
  'item.changed': z.object({ names_added: z.array(alias), names_removed: z.array(alias) }).meta({
    description:
      "The catalogue says something else of it: its name, status, units, what other systems call it, what it is made of, or a kit's policy. Names that it got and lost are listed.",
  }),
  'posting.posted': z.object({ ...posting, erp_reference: z.string().nullable(), mark: units.nullable() }),
  'posting.failed': z.object(posting),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as readonly EventType[];
export type EventData<Type extends EventType> = z.output<(typeof EVENT_DATA)[Type]>;

const types = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(z.enum(EVENT_TYPES)).min(1))
  .meta({ description: `Some of these, with commas between: ${EVENT_TYPES.join(', ')}.` });

export const eventsQuery = z.strictObject({
  after: pageQuery.cursor.meta({ description: '`next_cursor` of the page before. Absent: from the oldest that is kept.' }),
  types: types.optional(),
  limit: pageQuery.limit,
});

export const event = z
  .object({
    cursor: z.string().meta({ description: 'Go on behind this one with `after`.' }),
    type: z.enum(EVENT_TYPES),
    sku: z.string().nullable(),
    sequence: units.meta({ description: "The item's journal entry that it is about, or followed." }),
    at: instant,
    data: z.union(Object.values(EVENT_DATA)),
  })
  .meta({ id: 'Event', description: 'Something that happened of itself, or that others should hear of.' });
export type EventReply = z.output<typeof event>;

export const eventsReply = z.object({
  items: z.array(event),
  next_cursor: z.string().meta({ description: 'Never null: ask again behind it, later, for what comes then.' }),
});
