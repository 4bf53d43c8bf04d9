import * as z from 'zod';
import { pageOf, pageQuery } from './pages.ts';

/** What a channel is told under that has no name for it: our own, or nothing. */
export const UNMAPPED = ['own_sku', 'leave_out'] as const;

/** What other systems have names for. */
export const NAMED_KINDS = ['item', 'location'] as const;
export const LISTING_STATES = ['mapped', 'unmapped'] as const;

export const listingsQuery = z.strictObject({
  ...pageQuery,
  state: z
    .enum(LISTING_STATES)
    .default('mapped')
    .meta({ description: '`mapped`: each name that the channel has. `unmapped`: what it has no name for.' }),
  kind: z.enum(NAMED_KINDS).default('item'),
  format: z.enum(['json', 'csv', 'ndjson']).default('json').meta({
    description:
      '`csv` and `ndjson` are all at once, as a file that an import of `aliases` takes; `limit` and `cursor` are of `json`.',
  }),
});

const listing = z
  .object({
    kind: z.enum(NAMED_KINDS),
    system: z.string(),
    external_id: z.string().nullable().meta({ description: 'null: it has none.' }),
    sku: z.string().nullable(),
    location: z.string().nullable(),
  })
  .meta({ id: 'Listing', description: 'What a channel calls an item or a place of ours.' });
export type Listing = z.output<typeof listing>;
export const listingsReply = pageOf(listing);
