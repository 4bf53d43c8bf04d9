import * as z from 'zod';
import { count, movement } from './facts.ts';
import { FACTS_MAX, WEBHOOK_OVERLAP_SECONDS_DEFAULT, WEBHOOK_OVERLAP_SECONDS_MAX, WEBHOOK_SECRETS_MAX } from './limits.ts';
import { order } from './orders.ts';
import { instant } from './quantities.ts';

export const FACT_KINDS = ['movement', 'count', 'order'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** What is read first: a fact of wrong form becomes a case and never costs the others their booking. */
export const inboundEnvelope = z
  .strictObject({
    movements: z.array(z.unknown()).max(FACTS_MAX).optional(),
    counts: z.array(z.unknown()).max(FACTS_MAX).optional(),
    orders: z.array(z.unknown()).max(FACTS_MAX).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must have movements, counts or orders');
/** What the documentation says of it. */
export const inboundRequest = z
  .strictObject({
    movements: z.array(movement).max(FACTS_MAX).optional(),
    counts: z.array(count).max(FACTS_MAX).optional(),
    orders: z.array(order).max(FACTS_MAX).optional(),
  })
  .meta({ id: 'InboundFacts', description: 'Facts of the source in the path; `source` may be left out in each.' });

const attribute = z.string().min(1);
/** CloudEvents 1.0; attributes that we have no use for are passed over. */
export const cloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: attribute.meta({ description: 'With `source` it is what the fact is known by.', example: 'GR-2026-000017' }),
    // A space would make `a b`, `c` and `a`, `b c` one identity, and the second of them a duplicate.
    source: attribute.regex(/^\S*$/, 'must be a URI reference, which has no spaces').meta({ example: '/wms/hamburg' }),
    type: attribute
      .regex(/^(?:[^.]+\.)*(?:movement|count|order)(?:\.v1)?$/, 'must end in .movement, .count or .order')
      .meta({ example: 'com.example.movement' }),
    time: instant
      .nullish()
      .meta({ description: 'Taken for `occurred_at`, `as_of` or `placed_at` where the data does not say it.' }),
    datacontenttype: z
      .string()
      .regex(/^application\/(?:[^;\s]+\+)?json\s*(?:;.*)?$/i, 'must be application/json')
      .nullish(),
    data: z.unknown().optional(),
    data_base64: z.base64().nullish(),
  })
  .refine(({ data, data_base64: encoded }) => data === undefined || encoded === undefined || encoded === null, {
    path: ['data_base64'],
    message: 'stands beside data',
  })
  .meta({ id: 'CloudEvent', description: 'One fact as its data, without `id` and `source`.' });
export type CloudEvent = z.output<typeof cloudEvent>;
export const cloudEvents = z.array(cloudEvent).max(FACTS_MAX);

export const inboundReply = z.object({
  accepted: z.int().meta({ description: 'Facts that are safely written and will be booked.', example: 3 }),
  duplicate: z.boolean().meta({ description: 'This webhook-id was accepted before: nothing was done.' }),
});

/** 24 to 64 bytes, as Standard Webhooks writes them. */
const webhookSecretText = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and 24 to 64 bytes as base64')
  .refine((text) => isBase64(text.slice('whsec_'.length)), 'must be whsec_ and 24 to 64 bytes as base64');

function isBase64(text: string): boolean {
  return z.base64().safeParse(text).success;
}

export const newWebhookSecret = z
  .strictObject({
    secret: webhookSecretText.optional().meta({ description: 'As the sender made it. Absent: one is made.' }),
    overlap_seconds: z
      .int()
      .min(0)
      .max(WEBHOOK_OVERLAP_SECONDS_MAX)
      .default(WEBHOOK_OVERLAP_SECONDS_DEFAULT)
      .meta({ description: 'So long the secrets before count beside it.' }),
  })
  .meta({ id: 'NewWebhookSecret' });

const webhookSecret = z
  .object({
    id: z.string(),
    created_at: instant,
    expires_at: instant.nullable().meta({ description: 'From then on it does not count. null: until there is a newer one.' }),
  })
  .meta({ id: 'WebhookSecret' });
export type WebhookSecretReply = z.output<typeof webhookSecret>;
/** The one answer that shows the secret itself. */
export const shownWebhookSecret = webhookSecret
  .extend({ secret: z.string().meta({ description: 'Shown this once.', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }) })
  .meta({ id: 'ShownWebhookSecret' });
export const webhookSecretsReply = z.object({ items: z.array(webhookSecret).max(WEBHOOK_SECRETS_MAX) });
