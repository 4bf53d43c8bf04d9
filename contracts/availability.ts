import * as z from 'zod';
import { DOUBTS } from '../domain/confidence.ts';
import { SHOWN_MEANINGS } from '../domain/network.ts';
import { channelId } from './names.ts';
import { pageQuery } from './pages.ts';
import { instant, units } from './quantities.ts';
import { reservation } from './reservations.ts';
import { STOCK_STATUSES } from '../domain/stock.ts';

export const availabilityStatus = z.enum(['in_stock', 'low_stock', 'backorder', 'out_of_stock', 'preorder', 'discontinued']);

export const availability = z
  .object({
    sku: z.string(),
    channel: z.string(),
    available_to_sell: units,
    status: availabilityStatus,
    locations: z.array(z.object({ location: z.string(), available_to_sell: units })),
    sequence: units,
    as_of: instant,
    age_ms: units,
    fresh_for_ms: units,
    source: z.enum(['isolate', 'colo', 'object', 'projection']),
  })
  .meta({ id: 'Availability', description: 'A number and how far to trust it: true at (sequence, as_of).' });
export type Availability = z.output<typeof availability>;

export const availabilityOfManyReply = z.object({
  items: z.array(availability),
  missing: z.array(z.string()).meta({ description: 'SKUs that no item has.' }),
});

export const explainQuery = z.strictObject({ channel: channelId.optional(), ...pageQuery });

const onHand = z.partialRecord(z.enum(STOCK_STATUSES), units);

const explanationOfStock = z.object({
  sku: z.string(),
  channel: z.string(),
  available_to_sell: units,
  sequence: units,
  as_of: instant,
  stock: units,
  withheld: units,
  debt: units,
  backordered: units,
  buffer: units,
  shrunk: units.meta({ description: 'Left out because the channel does not trust the numbers now (its confidence policy).' }),
  backorder_limit: units,
  cap: units.nullable(),
  consumed: units,
  stop_sell: z.boolean().meta({ description: 'The item or the channel sells nothing now, whatever the terms say.' }),
  locations: z.array(
    z.object({
      location: z.string(),
      on_hand: onHand,
      reserved: units,
      committed: units,
      safety_stock: units,
      net: units,
      withheld: units,
      available: units,
    }),
  ),
  available_to_promise: z
    .array(z.object({ expected_at: instant, quantity: units }))
    .meta({ description: 'What the channel could sell at each date if only the scheduled receipts up to then came in.' }),
  policy_version: units,
  reservations: z.array(reservation),
  next_cursor: z.string().nullable(),
  last_count: z
    .object({
      source: z.string(),
      location: z.string(),
      status: z.string(),
      quantity: units,
      meaning: z.string(),
      mark: units.nullable(),
      sequence: units,
      as_of: instant,
    })
    .nullable(),
  postings_in_flight: units,
  counted_at: instant
    .nullable()
    .meta({ description: 'Up to when the newest count knew, wherever it was. null: nobody ever counted.' }),
  waiting_since: instant.nullable().meta({ description: 'Since when the oldest posting waits that the ERP has not confirmed.' }),
  feed_read_at: instant
    .nullable()
    .meta({ description: "When the ERP's feed of changes was last read to its end. null: never yet." }),
  feed_late_since: instant.nullable().meta({ description: 'Since when that is too long ago. null: it is not.' }),
  lane_open_since: instant
    .nullable()
    .meta({ description: 'Since when the ERP is left alone, as it does not answer. null: it is not.' }),
  doubts: z
    .array(z.enum(DOUBTS))
    .meta({ description: 'Why the channel does not trust the numbers now; while there are any, `shrunk` is left out.' }),
});

/** Of a kit, every plain item that it is made of, all the way down. */
const explanationOfPart = explanationOfStock
  .omit({ reservations: true, next_cursor: true })
  .extend({ factor: units.meta({ description: 'Base units of it in one of the kit.' }) });

const shows = z
  .object({
    meaning: z.enum(SHOWN_MEANINGS),
    at_most: units.nullable(),
    own_open_orders: units.meta({
      description: 'That the channel takes off by itself; 0 where the number means what it may sell.',
    }),
    level: units,
    places: z.array(z.object({ location: z.string(), own_open_orders: units, level: units })),
  })
  .meta({
    description:
      'What feeds and pushes tell the channel: level = available_to_sell, at most at_most, + own_open_orders; 0 where nothing may be sold. Places together have no more.',
  });

export const explanation = explanationOfStock
  .extend({
    shows,
    components: z.array(explanationOfPart).nullable().meta({
      description: 'Of a kit: available_to_sell is the smallest of available_to_sell / factor, rounded down. null: no kit.',
    }),
  })
  .meta({
    id: 'Explanation',
    description:
      'available_to_sell = stock − withheld − debt − backordered − buffer − shrunk + backorder_limit, at least 0, at most cap − consumed; 0 while stop_sell.',
  });
export type Explanation = z.output<typeof explanation>;
