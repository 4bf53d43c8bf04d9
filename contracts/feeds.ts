import * as z from 'zod';
import { CURSOR_CHARACTERS_MAX, FEED_LINK_SECONDS_DEFAULT, FEED_LINK_SECONDS_MAX } from './limits.ts';
import { sku } from './names.ts';
import { instant } from './quantities.ts';

const FEED_FORMATS = [
  'ndjson',
  'csv',
  'google_tsv',
  'google_rss',
  'google_local_tsv',
  'google_local_rss',
  'meta_csv',
  'mirakl_sto01',
  'amazon_json',
  'walmart_mp_inventory',
  'acp',
] as const;
export type FeedFormatName = (typeof FEED_FORMATS)[number];

/** What a file is, beside which items are in it: a link is made for these. */
const about = {
  format: z.enum(FEED_FORMATS).default('ndjson').meta({ description: 'For whom the file is written (docs/feeds.md).' }),
  seller_id: z
    .string()
    .regex(/^[A-Za-z0-9]{1,64}$/)
    .optional()
    .meta({ description: 'Of `amazon_json`: who sells there.' }),
  product_type: z
    .string()
    .regex(/^[A-Z0-9_]{1,100}$/)
    .default('PRODUCT')
    .meta({ description: 'Of `amazon_json`: the type of all its products.' }),
};

const cursor = z.string().min(1).max(CURSOR_CHARACTERS_MAX);
const plain = z.string().min(1).max(100);

export const feedQuery = z.strictObject({
  ...about,
  since: cursor.optional().meta({
    description: '`Holdfast-Next-Since` of the last answer: what may be another since then. Absent: all.',
  }),
  through: cursor.optional().meta({
    description: 'With `after`: `Holdfast-Next-Since` of the answer that this one goes on with.',
  }),
  after: sku.optional().meta({
    description:
      'The last SKU that came, where an answer broke off; it is told once more. A file that its reader bounds (`amazon_json`, `walmart_mp_inventory`) goes on behind it.',
  }),
  key: plain.optional().meta({ description: 'Of a signed link, as it was made.' }),
  expires: z
    .string()
    .regex(/^\d{1,12}$/)
    .optional()
    .meta({ description: 'Of a signed link, as it was made.' }),
  signature: plain.optional().meta({ description: 'Of a signed link, as it was made.' }),
});

export const feedLinkRequest = z
  .strictObject({
    ...about,
    expires_in_seconds: z.int().min(1).max(FEED_LINK_SECONDS_MAX).default(FEED_LINK_SECONDS_DEFAULT),
  })
  .meta({ id: 'FeedLinkRequest' });

export const feedLinkReply = z
  .object({
    url: z.string().meta({ description: 'For who can send neither a bearer key nor a password. It is a secret.' }),
    expires_at: instant,
  })
  .meta({ id: 'FeedLink', description: 'It ends before its time when the API key that made it is revoked or rotated.' });
