import { Hono } from 'hono';
import { listingsQuery } from '../../contracts/listings.ts';
import type { AppEnv } from '../app-env.ts';
import type { NetworkRows } from '../catalogue/network-rows.ts';
import { rulesOf } from '../listings/channel-names.ts';
import { listingKey, listListings } from '../listings/list-listings.ts';
import { listingsFile } from '../listings/listings-file.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { queryOf } from '../request/body.ts';
import { afterOf, pageOf } from '../request/pages.ts';
import { channelInPath } from '../request/path-names.ts';

export interface ListingDeps {
  readonly allow: Allow;
  readonly networkRows: Pick<NetworkRows, 'channel'>;
  readonly db: D1Database;
}

/** What a channel calls our things, and what it has no name for (R88). */
export function listingRoutes({ allow, networkRows, db }: ListingDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/channels/:id/listings', allow('admin'), async (c) => {
    const id = channelInPath(c.req.param('id'));
    if (id instanceof Refused) return problem(c, id);
    const query = queryOf(c, listingsQuery);
    if (query instanceof Refused) return problem(c, query);
    const after = afterOf(query.cursor);
    if (after instanceof Refused) return problem(c, after);
    const channel = await networkRows.channel(id);
    if (channel === null) return problem(c, new Refused('not_found', `there is no channel ${id}`));
    const { kind, state, format, limit } = query;
    const asked = { system: rulesOf(channel.listings, id).system, kind, state };
    if (format !== 'json') {
      const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
      const file = `attachment; filename="listings-${kind}-${state}.${format}"`;
      return c.body(listingsFile(db, asked, format), 200, { 'content-type': type, 'content-disposition': file });
    }
    return c.json(pageOf(await listListings(db, { ...asked, after, limit: limit + 1 }), listingKey, limit));
  });
}
