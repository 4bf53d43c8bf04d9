import * as z from 'zod';
import { DRIFT_CLASSES } from '../domain/channel-lane/entry.ts';
import { sku } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, units } from './quantities.ts';

export const OUTLET_ADAPTERS = ['memory', 'shopify', 'amazon', 'walmart', 'adobe'] as const;
export type OutletAdapter = (typeof OUTLET_ADAPTERS)[number];
export const ON_DRIFT = ['set_again', 'case'] as const;
const LEVEL_STATES = ['waiting', 'under_way', 'confirmed', 'refused', 'left'] as const;

const wayName = z.string().regex(/^[a-z_]{1,32}$/);
const slower = z.strictObject({
  calls_per_second: z.number().positive().max(1_000).optional(),
  burst: z.int().min(1).max(1_000).optional(),
});

export const outletRequest = z
  .strictObject({
    adapter: z.enum(OUTLET_ADAPTERS),
    options: z
      .record(z.string().max(64), z.json())
      .default({})
      .meta({ description: 'What this adapter wants to know: see the page of its vendor. No secrets.' }),
    enabled: z.boolean().default(true).meta({ description: 'false: it is told nothing; what it is to show is remembered.' }),
    limits: z
      .record(wayName, slower)
      .default({})
      .meta({ description: 'By the kind of call: what is borne, where that is less than the vendor allows.' }),
    on_drift: z
      .enum(ON_DRIFT)
      .default('set_again')
      .meta({ description: 'What follows where somebody changed a number there by hand; both open a case.' }),
  })
  .meta({ id: 'OutletRequest' });
export type OutletRequest = z.output<typeof outletRequest>;

/** The adapter says which. */
export const outletCredentials = z
  .record(z.string().max(64), z.string().min(1).max(8_192))
  .meta({ id: 'OutletCredentials', description: 'What this adapter signs in with. It is kept sealed, and never shown again.' });

const laneReply = z
  .object({
    listings: units.meta({ description: 'Listings that it is told of.' }),
    waiting: units.meta({ description: 'Levels that are to be sent.' }),
    sold_out_waiting: units,
    under_way: units.meta({ description: 'Sent, and not confirmed yet.' }),
    refused: units,
    oldest_waiting_ms: units.nullable(),
    lag_ms: z
      .object({ p50: units, p95: units, of: units.meta({ description: 'Of so many newest confirmations.' }) })
      .nullable()
      .meta({ description: 'From the change to its confirmation. null: nothing was confirmed yet.' }),
    complete: z
      .boolean()
      .meta({ description: 'false: all items are being gone through, since the network or the names changed.' }),
    followed_at: instant.nullable().meta({ description: 'Up to when changes are known to the lane.' }),
    ways: z.array(
      z.object({ name: z.string(), state: z.enum(['closed', 'half_open', 'open']), throttled_for_ms: units.nullable() }),
    ),
  })
  .meta({ id: 'OutletLane' });

export const outletReply = z
  .object({
    channel: z.string(),
    adapter: z.enum(OUTLET_ADAPTERS),
    options: z.record(z.string(), z.json()),
    enabled: z.boolean(),
    limits: z.record(z.string(), z.object({ calls_per_second: z.number().optional(), burst: units.optional() })),
    on_drift: z.enum(ON_DRIFT),
    credentials_set_at: instant.nullable(),
    lane: laneReply,
  })
  .meta({ id: 'Outlet', description: 'How a channel is told its numbers.' });
export type OutletReply = z.output<typeof outletReply>;

export const outletCredentialsReply = z.object({ channel: z.string(), set_at: instant }).meta({ id: 'OutletCredentialsSet' });

export const levelsQuery = z.strictObject({
  ...pageQuery,
  sku: sku.optional(),
  state: z.enum(LEVEL_STATES).optional(),
});

const places = z.array(z.object({ place: z.string(), quantity: units }));
const level = z
  .object({
    sku: z.string(),
    listing: z.string().meta({ description: "The channel's own name of it." }),
    state: z.enum(LEVEL_STATES),
    wanted: z.object({ quantity: units, places, since: instant }),
    shown: z
      .object({ quantity: units.nullable(), places, at: instant, ours: z.boolean() })
      .nullable()
      .meta({ description: 'What the channel confirmed, or was seen to show (`ours`: false). null: nobody knows.' }),
    under_way: z.array(z.object({ way: z.string(), receipt: z.string().nullable(), quantity: units, sent_at: instant })),
    refused: z.object({ code: z.string(), detail: z.string(), at: instant }).nullable(),
    drift: z
      .object({
        class: z.enum(DRIFT_CLASSES),
        since: instant,
        shown: z.object({ quantity: units.nullable(), places }).nullable(),
      })
      .nullable(),
    attempts: units,
  })
  .meta({ id: 'OutletLevel' });
export type LevelReply = z.output<typeof level>;
export const levelsReply = pageOf(level);

export const readBackRequest = z.strictObject({});
export const readBackReply = z.object({ channel: z.string(), listings: units }).meta({ id: 'ReadBackAsked' });
