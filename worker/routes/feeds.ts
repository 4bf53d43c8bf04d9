import { Hono, type Context } from 'hono';
import type * as z from 'zod';
import { feedLinkRequest, feedQuery } from '../../contracts/feeds.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { channelOf } from '../../domain/network.ts';
import type { AppEnv } from '../app-env.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { KeyCache } from '../catalogue/identify.ts';
import { answerFeed } from '../feeds/answer-feed.ts';
import { feedAsked, type FeedAsked } from '../feeds/feed-asked.ts';
import { FORMATS } from '../feeds/formats/formats.ts';
import type { FeedLinks } from '../feeds/links.ts';
import { channelNamesOf, type ChannelNames } from '../listings/channel-names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { channelFor } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import { channelInPath } from '../request/path-names.ts';
import { isKnown } from '../request/preconditions.ts';

export interface FeedDeps {
  readonly allow: Allow;
  readonly allowFetchers: Allow;
  readonly directories: Directories;
  readonly db: D1Database;
  readonly keys: Pick<KeyCache, 'named'>;
  readonly feedLinks: FeedLinks;
  readonly now: () => number;
}

export function feedRoutes(deps: FeedDeps): Hono<AppEnv> {
  const { allow, allowFetchers, keys, feedLinks, now } = deps;
  return new Hono<AppEnv>()
    .get('/v1/feeds/:channel', allowFetchers('feeds:read'), async (c) => {
      const query = queryOf(c, feedQuery);
      if (query instanceof Refused) return problem(c, query);
      const whose = await ownChannel(c, deps);
      if (whose instanceof Refused) return problem(c, whose);
      const lacking = lackingFor(query);
      if (lacking !== null) return problem(c, lacking);
      const { channel, network, names } = whose;
      const scope = { db: deps.db, network, channel, names, nowMs: now() };
      const asked = await feedAsked(query, scope);
      if (asked instanceof Refused) return problem(c, asked);

      Object.assign(c.var.noted, { channel, format: query.format, feed: asked.kind });
      const headers = headersOf(c, asked);
      if (isKnown(c.req.header('if-none-match'), asked.etag)) {
        // Which file comes next was said with this one.
        if (FORMATS[query.format].fileMax !== undefined) headers.delete('link');
        return new Response(null, { status: 304, headers });
      }
      const about = { kind: asked.kind, channel, nextSince: asked.nextSince, nowMs: scope.nowMs };
      const { seller_id: sellerId = '', product_type: productType } = query;
      const file = await answerFeed(FORMATS[query.format], { ...about, sellerId, productType }, scope, asked);
      headers.set('link', `<${nextUrl(c, asked, file.after)}>; rel="next"`);
      if (file.body === null) return new Response(null, { status: 204, headers });
      headers.set('content-type', FORMATS[query.format].contentType);
      return packed(c, file.body, headers);
    })

    .post('/v1/feeds/:channel/links', allow('feeds:read'), async (c) => {
      const body = await bodyOf(c, feedLinkRequest);
      if (body instanceof Refused) return problem(c, body);
      const whose = await ownChannel(c, deps);
      if (whose instanceof Refused) return problem(c, whose);
      const lacking = lackingFor(body.value);
      if (lacking !== null) return problem(c, lacking);
      const { format, seller_id: sellerId = null, product_type: productType, expires_in_seconds: seconds } = body.value;
      const { keyId } = c.var.principal;
      const made = await keys.named(keyId);
      if (made === null) return problem(c, new Refused('unauthenticated', 'the API key was revoked a moment ago'));
      const expiresAtSeconds = Math.floor(now() / 1_000) + seconds;
      const { channel } = whose;
      const linked = { channel, format, sellerId, productType, keyId, keyVersion: made.version, expiresAtSeconds };
      const url = new URL(`/v1/feeds/${encodeURIComponent(channel)}`, c.req.url);
      const signature = await feedLinks.sign(linked);
      const fixed = { format, ...(sellerId === null ? {} : { seller_id: sellerId }), product_type: productType };
      for (const [name, text] of Object.entries({ ...fixed, key: keyId, expires: String(expiresAtSeconds), signature })) {
        url.searchParams.set(name, text);
      }
      return c.json({ url: url.href, expires_at: written(expiresAtSeconds * 1_000) }, 201);
    });
}

/** The channel in the path, if the key may read of it; all as it is in the database now. */
async function ownChannel(c: Context<AppEnv>, { directories, db }: Pick<FeedDeps, 'directories' | 'db'>) {
  const named = channelInPath(c.req.param('channel') ?? '');
  if (named instanceof Refused) return named;
  const channel = channelFor(c.var.principal, named);
  if (channel instanceof Refused) return channel;
  const { network } = await directories.renewed();
  const names = await channelNamesOf(db, channel);
  if (names === null || channelOf(network, channel) === undefined)
    return new Refused('not_found', `there is no channel ${channel}`);
  return { channel, network, names } satisfies { channel: ChannelId; network: unknown; names: ChannelNames };
}

function lackingFor({ format, seller_id: sellerId }: Pick<z.output<typeof feedQuery>, 'format' | 'seller_id'>): Refused | null {
  if (format !== 'amazon_json' || sellerId !== undefined) return null;
  return new Refused('invalid_request', 'seller_id: amazon_json says who sells');
}

function headersOf(c: Context<AppEnv>, asked: FeedAsked): Headers {
  return new Headers({
    'holdfast-feed': asked.kind,
    'holdfast-next-since': asked.nextSince,
    link: `<${nextUrl(c, asked, null)}>; rel="next"`,
    etag: asked.etag,
    vary: 'Authorization, Accept-Encoding',
    'cache-control': 'private, no-cache',
  });
}

/** Where it goes on: with the rest of this file, or with what changes from now on. */
function nextUrl(c: Context<AppEnv>, { nextSince, kind, since }: FeedAsked, after: string | null): string {
  const query = new URLSearchParams(c.req.query());
  for (const name of ['since', 'through', 'after']) query.delete(name);
  if (after === null) query.set('since', nextSince);
  else {
    if (kind === 'delta' && since !== null) query.set('since', since);
    query.set('through', nextSince);
    query.set('after', after);
  }
  return `${new URL(c.req.url).pathname}?${query.toString()}`;
}

/** Squeezed where the fetcher takes that; the runtime is told that it is done already. */
function packed(c: Context<AppEnv>, body: ReadableStream<Uint8Array>, headers: Headers): Response {
  if (!/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('accept-encoding') ?? '')) {
    return new Response(body, { headers });
  }
  headers.set('content-encoding', 'gzip');
  return new Response(body.pipeThrough(new CompressionStream('gzip')), { headers, encodeBody: 'manual' });
}
