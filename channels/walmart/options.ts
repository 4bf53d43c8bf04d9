import * as z from 'zod';
import { WALMART_FEED_BYTES_MAX, WALMART_FEED_LEVELS_MAX, WALMART_FEEDS_PER_HOUR, WALMART_ITEMS_PER_MINUTE } from './limits.ts';

/** What an outlet may say of a Walmart Marketplace account; docs/walmart.md explains it. */
export const walmartOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).default('https://marketplace.walmartapis.com'),
  /** `each`: every ship node has its own number. `default`: one number, at the account's default node. */
  ship_nodes: z.enum(['each', 'default']).default('each'),
  /** What Walmart gave a partner who calls for many sellers. */
  channel_type: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional(),
  items_per_minute: z.int().min(2).max(6_000).default(WALMART_ITEMS_PER_MINUTE),
  feeds_per_hour: z.int().min(2).max(1_000).default(WALMART_FEEDS_PER_HOUR),
  feed_bytes_max: z.int().min(1_000).max(WALMART_FEED_BYTES_MAX).default(WALMART_FEED_BYTES_MAX),
  feed_levels_max: z.int().min(1).max(WALMART_FEED_LEVELS_MAX).default(WALMART_FEED_LEVELS_MAX),
});

// What cannot stand in a header would come back in the runtime's own error, and with it the secret.
const secret = z.string().regex(/^[\x21-\x7e]{1,500}$/, 'must be printable and without spaces');

export const walmartCredentials = z.strictObject({
  // The colon is where the id ends.
  client_id: secret.regex(/^[^:]*$/, 'must be without colons'),
  client_secret: secret,
});

export type WalmartOptions = z.output<typeof walmartOptions>;
export type WalmartCredentials = z.output<typeof walmartCredentials>;
