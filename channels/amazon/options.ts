import * as z from 'zod';
import { secret } from '../secret.ts';
import { AMAZON_FEED_BYTES_MAX, AMAZON_FEED_LEVELS_MAX, AMAZON_FEED_WORTH_FROM, AMAZON_PATCHES } from './limits.ts';

const REGION_URLS = {
  na: 'https://sellingpartnerapi-na.amazon.com',
  eu: 'https://sellingpartnerapi-eu.amazon.com',
  fe: 'https://sellingpartnerapi-fe.amazon.com',
} as const;

const url = z.url({ protocol: /^https?$/ });

/** What an outlet may say of a seller's account at Amazon; docs/amazon.md explains it. */
export const amazonOptions = z.strictObject({
  region: z.enum(['na', 'eu', 'fe']),
  seller_id: z.string().regex(/^[A-Z0-9]{5,20}$/),
  marketplace_id: z.string().regex(/^[A-Z0-9]{5,20}$/),
  /** Of the fulfilment that we do ourselves. */
  channel_code: z
    .string()
    .regex(/^[A-Z0-9_]{1,50}$/)
    .default('DEFAULT'),
  product_type: z
    .string()
    .regex(/^[A-Z0-9_]{1,100}$/)
    .default('PRODUCT'),
  /** Amazon gives more to whoever needs more. */
  patches_per_second: z.number().min(0.1).max(100).default(AMAZON_PATCHES.callsPerSecond),
  feed_worth_from: z.int().min(1).max(100_000).default(AMAZON_FEED_WORTH_FROM),
  feed_levels_max: z.int().min(1).max(AMAZON_FEED_LEVELS_MAX).default(AMAZON_FEED_LEVELS_MAX),
  feed_bytes_max: z.int().min(10_000).max(AMAZON_FEED_BYTES_MAX).default(AMAZON_FEED_BYTES_MAX),
  /** Where Amazon is called, if not where its region is, and where it gives tokens. */
  url: url.optional(),
  token_url: url.default('https://api.amazon.com/auth/o2/token'),
});

/** Of an app that the seller has let in: Login with Amazon. */
export const amazonCredentials = z.strictObject({ client_id: secret, client_secret: secret, refresh_token: secret });

export type AmazonOptions = z.output<typeof amazonOptions>;
export type AmazonCredentials = z.output<typeof amazonCredentials>;

export function baseUrlOf({ region, url: given }: AmazonOptions): string {
  return (given ?? REGION_URLS[region]).replace(/\/+$/, '');
}
