import * as z from 'zod';
import { ADOBE_BULK_LEVELS_MAX, ADOBE_BULKS_PER_MINUTE, ADOBE_CALLS_PER_SECOND, ADOBE_ITEMS_PER_CALL } from './limits.ts';

/** What an outlet may say of a shop on Adobe Commerce or Magento Open Source; docs/adobe.md explains it. */
export const adobeOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  store: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,31}$/)
    .default('all'),
  /** Most sources that one item has a number at. */
  sources_max: z.int().min(1).max(20).default(1),
  calls_per_second: z.number().min(0.05).max(50).default(ADOBE_CALLS_PER_SECOND),
  items_per_call: z.int().min(1).max(1_000).default(ADOBE_ITEMS_PER_CALL),
  /** Whether many levels go through the shop's queue, whose consumers must run. */
  bulk: z.boolean().default(true),
  bulks_per_minute: z.number().min(0.1).max(60).default(ADOBE_BULKS_PER_MINUTE),
  bulk_levels_max: z.int().min(1).max(ADOBE_BULK_LEVELS_MAX).default(ADOBE_BULK_LEVELS_MAX),
});

export const adobeCredentials = z.strictObject({
  // What cannot stand in a header would come back in the runtime's own error, and with it the secret.
  token: z.string().regex(/^[\x21-\x7e]{1,4000}$/, 'must be printable and without spaces'),
});

export type AdobeOptions = z.output<typeof adobeOptions>;
export type AdobeCredentials = z.output<typeof adobeCredentials>;
