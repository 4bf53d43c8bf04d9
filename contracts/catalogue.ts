import * as z from 'zod';
import {
  ALIASES_MAX,
  BUYER_CAP_PERIOD_SECONDS_MAX,
  CONFIDENCE_SECONDS_MAX,
  KIT_COMPONENTS_MAX,
  NAMES_MAX,
  QUANTITY_MAX,
  QUOTAS_MAX,
  RECEIPTS_MAX,
  UNITS_MAX,
} from './limits.ts';
import { SHOWN_MEANINGS, TAKES_OFF } from '../domain/network.ts';
import { DEFAULT_POLICY, RESOLUTION_STEPS } from '../domain/stock.ts';
import { UNMAPPED } from './listings.ts';
import { alias, channelId, itemName, locationName, systemName, text, unitName } from './names.ts';
import { instant, moment, nonNegative, positive, units } from './quantities.ts';

const label = text.meta({ description: 'For people.' });
const aliases = z
  .array(alias)
  .max(ALIASES_MAX)
  .refine(
    (list) => new Set(list.map((one) => JSON.stringify([one.system, one.external_id]))).size === list.length,
    'must be named once each',
  );
const rank = z.int().min(-1_000_000).max(1_000_000).meta({ description: 'Smaller comes first.', example: 100 });
const stopSell = z.boolean().meta({ description: 'Nothing is offered from now on; what is promised stays promised.' });

const itemStatus = z.enum(['active', 'preorder', 'discontinued']);
export const itemRequest = z
  .strictObject({
    name: label.nullish(),
    status: itemStatus,
    aliases: aliases.default([]),
    units: z
      .array(z.strictObject({ unit: unitName, factor: positive.meta({ description: 'Base units in one of it.', example: 12 }) }))
      .max(UNITS_MAX)
      .refine((list) => new Set(list.map(({ unit }) => unit)).size === list.length, 'must be named once each')
      .default([]),
    components: z
      .array(z.strictObject({ sku: itemName, factor: positive.meta({ description: 'Base units of it in one of the kit.' }) }))
      .max(KIT_COMPONENTS_MAX)
      .default([])
      .meta({ description: 'What a kit is made of: items, and kits as well. A kit has no stock of its own.' }),
  })
  .meta({ id: 'ItemRequest' });
export type ItemRequest = z.output<typeof itemRequest>;

const aliasesReply = z.array(z.object({ system: z.string(), external_id: z.string() }));
export const itemReply = z
  .object({
    sku: z.string(),
    name: z.string().nullable(),
    status: itemStatus,
    aliases: aliasesReply,
    units: z.array(z.object({ unit: z.string(), factor: units })),
    components: z.array(z.object({ sku: z.string(), factor: units })),
  })
  .meta({ id: 'Item' });
export type ItemReply = z.output<typeof itemReply>;

const quota = z
  .strictObject({
    channel: channelId,
    protected: nonNegative.default(0).meta({ description: 'Others may not take it.' }),
    cap: nonNegative.nullable().default(null).meta({ description: 'This channel may not exceed it. null: none.' }),
    starts_at: moment.nullable().default(null).meta({ description: 'null: since ever.' }),
    ends_at: moment.nullable().default(null).meta({ description: 'At this moment it holds no more. null: for ever.' }),
    consumed: units.optional().meta({ description: 'As it was read; not taken over.' }),
  })
  .refine(({ starts_at, ends_at }) => starts_at === null || ends_at === null || starts_at < ends_at, {
    path: ['ends_at'],
    message: 'must be after starts_at',
  });

const overReservation = z
  .array(z.enum(RESOLUTION_STEPS))
  .refine((steps) => new Set(steps).size === steps.length, 'must name each step once')
  .refine((steps) => !steps.includes('list') || steps.at(-1) === 'list', 'must have list, the rest for a person, last')
  .meta({
    description:
      'What is done about more promises than units, in this order: `reallocate` to another location whoever named none, `release_unpinned` the newest reservations, `backorder`, `list` the rest for a person (a case is open in any event).',
  });

export const policyRequest = z
  .strictObject({
    backorder_limit: nonNegative.default(0),
    low_stock_at: nonNegative.default(5),
    safety_stock: z
      .array(z.strictObject({ location: locationName, quantity: nonNegative }))
      .max(NAMES_MAX)
      .default([]),
    buffers: z
      .array(z.strictObject({ channel: channelId, quantity: nonNegative }))
      .max(NAMES_MAX)
      .default([]),
    buyer_cap: z
      .strictObject({ quantity: positive, period_seconds: z.int().min(1).max(BUYER_CAP_PERIOD_SECONDS_MAX) })
      .nullable()
      .default(null)
      .meta({ description: 'What one buyer may have by reservations that began within the period. null: no cap.' }),
    quotas: z.array(quota).max(QUOTAS_MAX).default([]).meta({ description: 'One for a channel.' }),
    stop_sell: stopSell.default(false),
    over_reservation: overReservation.default([...DEFAULT_POLICY.overReservation]),
  })
  .meta({ id: 'PolicyRequest' });

export const policyReply = z
  .object({
    backorder_limit: units,
    low_stock_at: units,
    safety_stock: z.array(z.object({ location: z.string(), quantity: units })),
    buffers: z.array(z.object({ channel: z.string(), quantity: units })),
    buyer_cap: z.object({ quantity: units, period_seconds: units }).nullable(),
    quotas: z.array(
      z.object({
        channel: z.string(),
        protected: units,
        cap: units.nullable(),
        starts_at: instant.nullable(),
        ends_at: instant.nullable(),
        consumed: units.meta({ description: 'Promised now, and what left since this window was set (R27).' }),
      }),
    ),
    stop_sell: z.boolean(),
    over_reservation: z.array(z.enum(RESOLUTION_STEPS)),
  })
  .meta({ id: 'Policy' });
export type PolicyReply = z.output<typeof policyReply>;

export const receiptsRequest = z
  .strictObject({
    receipts: z
      .array(z.strictObject({ location: locationName, quantity: positive, expected_at: moment }))
      .max(RECEIPTS_MAX)
      .meta({ description: 'All that is expected from now on: what came is stated as a movement, and taken out here.' }),
  })
  .meta({ id: 'ReceiptsRequest' });
export const receiptsReply = z
  .object({ receipts: z.array(z.object({ location: z.string(), quantity: units, expected_at: instant })) })
  .meta({ id: 'Receipts' });
export type ReceiptsReply = z.output<typeof receiptsReply>;

const locationType = z.enum(['dc', 'warehouse', 'store', 'partner']);
export const locationRequest = z
  .strictObject({
    name: label.nullish(),
    type: locationType,
    priority: rank.default(100),
    aliases: aliases.default([]),
    stop_sell: stopSell.default(false),
  })
  .meta({ id: 'LocationRequest' });
export type LocationRequest = z.output<typeof locationRequest>;
export const locationReply = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    type: locationType,
    priority: units,
    aliases: aliasesReply,
    stop_sell: z.boolean(),
  })
  .meta({ id: 'Location' });
export type LocationReply = z.output<typeof locationReply>;

const confidenceSeconds = z.int().min(1).max(CONFIDENCE_SECONDS_MAX).nullable().default(null);
const confidence = z
  .strictObject({
    count_age_seconds: confidenceSeconds.meta({ description: 'From this age of the newest count on, or without any.' }),
    erp_silence_seconds: confidenceSeconds.meta({ description: 'Once a posting has waited for the ERP as long as this.' }),
    feed_lag_seconds: confidenceSeconds.meta({
      description: "Once the ERP's feed was not read to its end for as long as this; three minutes at the earliest.",
    }),
    lane_open_seconds: confidenceSeconds.meta({
      description: 'Once the ERP, which did not answer, has been left alone for as long as this; a minute at the earliest.',
    }),
    shrink_percent: z.int().min(1).max(100),
  })
  .refine(({ shrink_percent: _percent, ...seconds }) => Object.values(seconds).some((one) => one !== null), {
    path: ['count_age_seconds'],
    message: 'or erp_silence_seconds, feed_lag_seconds or lane_open_seconds must be given',
  })
  .meta({ description: 'By how much what is offered shrinks while the numbers cannot be trusted.' });

const shows = z
  .strictObject({
    meaning: z.enum(SHOWN_MEANINGS).meta({
      description:
        '`available`: what the channel may sell. `input`: the channel takes its own open orders off the number by itself, so these are added to it.',
    }),
    at_most: z
      .int()
      .min(1)
      .max(QUANTITY_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'Of what it may sell, so many are told at most. null: all.' }),
    takes_off: z.enum(TAKES_OFF).default('at_place').meta({
      description: 'Of `input`, whether the channel takes an order off the number of its place, or off the sum of all places.',
    }),
  })
  .meta({
    description: 'What the number means that feeds and pushes tell this channel. Absent or null: what it may sell, all of it.',
  });

const listings = z
  .strictObject({
    system: systemName
      .optional()
      .meta({ description: 'Whose aliases it knows items and locations by. Absent: the id of the channel.' }),
    unmapped: z.enum(UNMAPPED).default('leave_out').meta({
      description: '`leave_out`: what has no alias is not told, and is listed. `own_sku`: it is told under our SKU, or location.',
    }),
  })
  .meta({
    description: 'How the channel calls what it sells. Absent or null: by its own aliases, and by our SKU where there is none.',
  });

export const channelRequest = z
  .strictObject({
    name: label.nullish(),
    locations: z.array(locationName).max(NAMES_MAX).nullable().default(null).meta({ description: 'null: all.' }),
    buffer: nonNegative.default(0),
    class: rank.default(100).meta({
      description: 'Smaller is more important: takes its protected quota first, and is turned away last.',
      example: 100,
    }),
    stop_sell: stopSell.default(false),
    sold_out_hint: z.boolean().default(false).meta({
      description:
        'While a fresh number says that nothing is left, a reserve may be answered 429 `sold_out_hint` without asking the object.',
    }),
    confidence: confidence.nullable().default(null),
    shows: shows.nullable().default(null),
    listings: listings.nullable().default(null),
  })
  .meta({ id: 'ChannelRequest' });
export const channelReply = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    locations: z.array(z.string()).nullable(),
    buffer: units,
    class: units,
    stop_sell: z.boolean(),
    sold_out_hint: z.boolean(),
    confidence: z
      .object({
        count_age_seconds: units.nullable(),
        erp_silence_seconds: units.nullable(),
        feed_lag_seconds: units.nullable(),
        lane_open_seconds: units.nullable(),
        shrink_percent: units,
      })
      .nullable(),
    shows: z.object({ meaning: z.enum(SHOWN_MEANINGS), at_most: units.nullable(), takes_off: z.enum(TAKES_OFF) }).nullable(),
    listings: z.object({ system: z.string(), unmapped: z.enum(UNMAPPED) }).nullable(),
  })
  .meta({ id: 'Channel' });
export type ChannelReply = z.output<typeof channelReply>;

const books = z.enum(['erp', 'front']).meta({ description: '`erp`: its facts are in the ERP already. `front`: we post them.' });
export const sourceRequest = z
  .strictObject({ name: label.nullish(), books, erp_connection: text.nullish() })
  .meta({ id: 'SourceRequest' });
export type SourceRequest = z.output<typeof sourceRequest>;
export const sourceReply = z
  .object({ id: z.string(), name: z.string().nullable(), books, erp_connection: z.string().nullable() })
  .meta({ id: 'Source' });
export type SourceReply = z.output<typeof sourceReply>;
