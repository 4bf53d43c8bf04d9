import * as z from 'zod';
import { secret } from '../secret.ts';
import { SHOPIFY_CALLS_BURST, SHOPIFY_CALLS_PER_SECOND } from './limits.ts';

/** What an outlet may say of a Shopify shop; docs/shopify.md explains it. */
export const shopifyOptions = z.strictObject({
  shop: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$/, 'such as my-shop.myshopify.com'),
  /** All units are shown at this one location; absent: every mapped location has its own number. */
  location: z
    .string()
    .regex(/^(gid:\/\/shopify\/Location\/)?\d{1,20}$/)
    .optional(),
  /** Of Shopify's list of reasons. */
  reason: z
    .string()
    .regex(/^[a-z_]{1,50}$/)
    .default('correction'),
  /** A larger plan allows more. */
  calls_per_second: z.number().min(0.1).max(40).default(SHOPIFY_CALLS_PER_SECOND),
  burst: z.int().min(1).max(100).default(SHOPIFY_CALLS_BURST),
  /** Where the shop is called, if not at its own name. */
  url: z.url({ protocol: /^https?$/ }).optional(),
});

/** Of an app: a token that stays, or what a token of a day is got with. */
export const shopifyCredentials = z.union([
  z.strictObject({ access_token: secret }),
  z.strictObject({ client_id: secret, client_secret: secret }),
]);

export type ShopifyOptions = z.output<typeof shopifyOptions>;
export type ShopifyCredentials = z.output<typeof shopifyCredentials>;
