import { Hono, type Context } from 'hono';
import { keyQuery, newKey, type ApiKeyReply } from '../../contracts/keys.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import type { ApiKeyRow, ApiKeys } from '../catalogue/api-keys.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import { afterOf, pageOf } from '../request/pages.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import { placesOf } from '../catalogue/places-of.ts';

export interface KeyDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly apiKeys: ApiKeys;
}

export function keyRoutes({ allow, names, apiKeys }: KeyDeps): Hono<AppEnv> {
  const unknown = (c: Context<AppEnv>, what = 'no API key'): Response =>
    problem(c, new Refused('not_found', `${what} has this id`));
  return new Hono<AppEnv>()
    .post('/v1/keys', allow('admin'), async (c) => {
      const idempotencyKey = c.req.header('idempotency-key') === undefined ? null : idempotencyKeyOf(c);
      if (idempotencyKey instanceof Refused) return problem(c, idempotencyKey);
      const body = await bodyOf(c, newKey);
      if (body instanceof Refused) return problem(c, body);
      const {
        name,
        scopes,
        channel = null,
        sources = null,
        rate_limit: rateLimit = null,
        expires_at: expiresAtMs = null,
      } = body.value;
      const named = await Promise.all([
        ...(channel === null ? [] : [names.channel(channel)]),
        ...(sources ?? []).map((source) => names.source(source)),
      ]);
      const refused = named.find((one): one is Refused => one instanceof Refused);
      if (refused !== undefined) return problem(c, refused);
      const locations = body.value.locations === undefined ? null : await placesOf(body.value.locations, names);
      if (locations instanceof Refused) return problem(c, locations);
      const request = idempotencyKey === null ? null : await requestKeyOf(c, idempotencyKey, body.sent);
      const made = await apiKeys.create({ name, scopes, channel, sources, locations, rateLimit, expiresAtMs }, request, byOf(c));
      if (made instanceof Refused) return problem(c, made);
      const { row, key } = made;
      return c.json({ ...keyReply(row), key }, 201, key === null ? { 'idempotent-replayed': 'true' } : {});
    })

    .get('/v1/keys', allow('admin'), async (c) => {
      const query = queryOf(c, keyQuery);
      if (query instanceof Refused) return problem(c, query);
      const after = afterOf(query.cursor);
      if (after instanceof Refused) return problem(c, after);
      const page = pageOf(await apiKeys.list(after, query.limit + 1), ({ id }) => id, query.limit);
      return c.json({ ...page, items: page.items.map(keyReply) });
    })

    .post('/v1/keys/:id/rotate', allow('admin'), async (c) => {
      const rotated = await apiKeys.rotate(c.req.param('id'), byOf(c));
      return rotated === null ? unknown(c, 'no API key that counts') : c.json({ ...keyReply(rotated.row), key: rotated.key });
    })

    .post('/v1/keys/:id/revoke', allow('admin'), async (c) => {
      const row = await apiKeys.revoke(c.req.param('id'), byOf(c));
      return row === null ? unknown(c) : c.json(keyReply(row));
    });
}

function keyReply({
  id,
  name,
  scopes,
  channel,
  sources,
  locations,
  rateLimit,
  createdAtMs,
  expiresAtMs,
  rotatedAtMs,
  revokedAtMs,
}: ApiKeyRow): ApiKeyReply {
  return {
    id,
    name,
    scopes: [...scopes],
    channel,
    sources: sources === null ? null : [...sources],
    locations: locations === null ? null : [...locations],
    rate_limit: rateLimit === null ? null : { requests: rateLimit.requests, window_seconds: rateLimit.windowSeconds },
    created_at: written(createdAtMs),
    expires_at: expiresAtMs === null ? null : written(expiresAtMs),
    rotated_at: rotatedAtMs === null ? null : written(rotatedAtMs),
    revoked_at: revokedAtMs === null ? null : written(revokedAtMs),
  };
}
