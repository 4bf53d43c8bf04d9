import { Hono } from 'hono';
import { newWebhookSecret, type WebhookSecretReply } from '../../contracts/inbound.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { Names } from '../catalogue/names.ts';
import type { WebhookSecretRow, WebhookSecrets } from '../inbound/webhook-secrets.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { written, writtenOrNull } from '../replies/written.ts';
import { bodyOf } from '../request/body.ts';
import { sourceInPath } from '../request/path-names.ts';

export interface WebhookSecretDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly webhookSecrets: WebhookSecrets;
}

export function webhookSecretRoutes({ allow, names, webhookSecrets }: WebhookSecretDeps): Hono<AppEnv> {
  const sourceNamed = async (text: string): Promise<SourceId | Refused> => {
    const source = sourceInPath(text);
    if (source instanceof Refused) return source;
    const known = await names.source(source);
    return known instanceof Refused ? new Refused('not_found', known.detail) : source;
  };
  return new Hono<AppEnv>()
    .post('/v1/sources/:id/webhook-secret', allow('admin'), async (c) => {
      const source = await sourceNamed(c.req.param('id'));
      if (source instanceof Refused) return problem(c, source);
      const body = await bodyOf(c, newWebhookSecret);
      if (body instanceof Refused) return problem(c, body);
      const { secret: given = null, overlap_seconds: overlapSeconds } = body.value;
      const { secret, ...row } = await webhookSecrets.add(source, { secret: given, overlapMs: overlapSeconds * 1_000 }, byOf(c));
      return c.json({ ...secretReply(row), secret }, 201);
    })

    .get('/v1/sources/:id/webhook-secret', allow('admin'), async (c) => {
      const source = await sourceNamed(c.req.param('id'));
      if (source instanceof Refused) return problem(c, source);
      return c.json({ items: (await webhookSecrets.list(source)).map(secretReply) });
    })

    .post('/v1/sources/:id/webhook-secret/revoke', allow('admin'), async (c) => {
      const source = await sourceNamed(c.req.param('id'));
      if (source instanceof Refused) return problem(c, source);
      await webhookSecrets.revoke(source, byOf(c));
      return c.json({ items: (await webhookSecrets.list(source)).map(secretReply) });
    });
}

function secretReply({ id, createdAtMs, expiresAtMs }: WebhookSecretRow): WebhookSecretReply {
  return { id, created_at: written(createdAtMs), expires_at: writtenOrNull(expiresAtMs) };
}
