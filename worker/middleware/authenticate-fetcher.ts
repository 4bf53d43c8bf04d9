import type { Context } from 'hono';
import { feedQuery } from '../../contracts/feeds.ts';
import type { AppEnv } from '../app-env.ts';
import type { KeyCache } from '../catalogue/identify.ts';
import type { FeedLinks } from '../feeds/links.ts';
import type { LimitRequests } from '../rate-limit/limit-requests.ts';
import { channelInPath } from '../request/path-names.ts';
import { Refused } from '../refused.ts';
import { bearerOf, guardsWith, type Allow } from './authenticate.ts';
import { channelFor, mayDo, type Principal } from './principal.ts';

export interface FetcherDeps {
  readonly keys: Pick<KeyCache, 'identify' | 'named'>;
  readonly links: FeedLinks;
  readonly limitRequests: LimitRequests;
  readonly now: () => number;
}

/**
 * For those who fetch files and cannot send a bearer key: the key as the password of HTTP Basic, whatever the user is called, or
 * a signed link.
 */
export function allowFetchersWith({ keys, links, limitRequests, now }: FetcherDeps): Allow {
  const whoIs = async (c: Context<AppEnv>): Promise<Principal | null> => {
    const presented = bearerOf(c) ?? passwordOf(c);
    if (presented !== undefined) return keys.identify(presented);
    return c.req.header('authorization') === undefined ? linkHolder(c) : null;
  };
  const linkHolder = async (c: Context<AppEnv>): Promise<Principal | null> => {
    const asked = feedQuery.safeParse(c.req.query());
    const channel = channelInPath(c.req.param('channel') ?? '');
    if (!asked.success || channel instanceof Refused) return null;
    const { format, seller_id: sellerId = null, product_type: productType, key, expires, signature } = asked.data;
    if (key === undefined || expires === undefined || signature === undefined) return null;
    const made = await keys.named(key);
    if (made === null) return null;
    const { principal, version: keyVersion } = made;
    const expiresAtSeconds = Number(expires);
    const linked = { channel, format, sellerId, productType, keyId: key, keyVersion, expiresAtSeconds };
    if (!(await links.isSigned(linked, signature)) || expiresAtSeconds * 1_000 <= now()) return null;
    // Whoever has the link has this feed, and nothing else that its key may do.
    if (!mayDo(principal, 'feeds:read') || channelFor(principal, channel) instanceof Refused) return null;
    return { ...principal, scopes: ['feeds:read'], channel };
  };
  return guardsWith(whoIs, 'Basic realm="feeds", charset="UTF-8"', limitRequests);
}

function passwordOf(c: Context<AppEnv>): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    return /^[^:]*:(.*)$/s.exec(atob(encoded))?.[1];
  } catch {
    return undefined;
  }
}
