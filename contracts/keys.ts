import * as z from 'zod';
import { NAMES_MAX } from './limits.ts';
import { channelId, locationName, sourceId, text } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, moment } from './quantities.ts';
import { givenRateLimit, rateLimit } from './rate-limits.ts';

const SCOPES = ['availability:read', 'reservations:write', 'stock:write', 'feeds:read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);

export const newKey = z
  .strictObject({
    name: text,
    scopes: scopes.refine((list) => new Set(list).size === list.length, 'must be named once each'),
    channel: channelId.optional(),
    sources: z.array(sourceId).min(1).max(NAMES_MAX).optional().meta({ description: 'Absent: all.' }),
    locations: z.array(locationName).min(1).max(NAMES_MAX).optional().meta({ description: 'Absent: all.' }),
    rate_limit: givenRateLimit.nullish().meta({ description: 'null or absent: what the deployment gives to every key.' }),
    expires_at: moment.optional(),
  })
  .refine((key) => !key.scopes.includes('reservations:write') || key.channel !== undefined, {
    path: ['channel'],
    message: 'a key that may reserve needs one',
  })
  .meta({ id: 'NewKey' });

export const keyQuery = z.strictObject(pageQuery);

export const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes,
    channel: z.string().nullable(),
    sources: z.array(z.string()).nullable(),
    locations: z.array(z.string()).nullable(),
    rate_limit: rateLimit.nullable(),
    created_at: instant,
    expires_at: instant.nullable(),
    rotated_at: instant.nullable(),
    revoked_at: instant.nullable(),
  })
  .meta({ id: 'Key' });
export type ApiKeyReply = z.output<typeof apiKey>;

/** The one answer that shows the key itself. */
export const shownKey = apiKey
  .extend({
    key: z.string().nullable().meta({
      description: 'Shown this once. null: the request was repeated under its Idempotency-Key; rotate the key to see a new one.',
    }),
  })
  .meta({ id: 'ShownKey' });
export const keysReply = pageOf(apiKey);
