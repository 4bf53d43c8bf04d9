import { and, desc, eq, gt, isNull, lte, notInArray, or, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { WEBHOOK_SECRETS_MAX } from '../../contracts/limits.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AuditedChange, AuditLog, By } from '../audit/audit-log.ts';
import { toBase64url } from '../request/base64url.ts';
import { webhookSecret } from './schema.ts';
import type { Seal } from './seal.ts';

export type WebhookSecretRow = Omit<typeof webhookSecret.$inferSelect, 'sealed' | 'source'>;

export interface WebhookSecrets {
  /** From now on this is what the source signs with; those before it count a while longer. */
  add(
    source: SourceId,
    given: { readonly secret: string | null; readonly overlapMs: number },
    by: By,
  ): Promise<WebhookSecretRow & { readonly secret: string }>;
  /** Those that count, the newest first. */
  list(source: SourceId): Promise<readonly WebhookSecretRow[]>;
  /** The same, readable. */
  readable(source: SourceId): Promise<readonly string[]>;
  /** None counts any more. */
  revoke(source: SourceId, by: By): Promise<void>;
}

const ID_BYTES = 9;
const SECRET_BYTES = 32;

export function webhookSecretsIn(db: DrizzleD1Database, seal: Seal, audit: AuditLog, now: () => number): WebhookSecrets {
  const valid = (source: SourceId) =>
    and(eq(webhookSecret.source, source), or(isNull(webhookSecret.expiresAtMs), gt(webhookSecret.expiresAtMs, now())));
  const newest = (source: SourceId) =>
    db.select().from(webhookSecret).where(valid(source)).orderBy(desc(webhookSecret.createdAtMs), desc(webhookSecret.id));

  return {
    add: async (source, { secret: given, overlapMs }, by) => {
      const id = toBase64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
      const secret = given ?? newWebhookSecretText();
      const nowMs = now();
      const row = { id, createdAtMs: nowMs, expiresAtMs: null };
      const endsAtMs = nowMs + overlapMs;
      await audit.write(
        by,
        changeOf('rotate', source),
        db.insert(webhookSecret).values({ ...row, source, sealed: await seal.seal(secret, source) }),
        db
          .update(webhookSecret)
          .set({ expiresAtMs: sql`min(coalesce(${webhookSecret.expiresAtMs}, ${endsAtMs}), ${endsAtMs})` })
          .where(and(eq(webhookSecret.source, source), sql`${webhookSecret.id} <> ${id}`)),
        // What ended is gone, and of those that overlap the oldest.
        db.delete(webhookSecret).where(and(eq(webhookSecret.source, source), lte(webhookSecret.expiresAtMs, nowMs))),
        db
          .delete(webhookSecret)
          .where(
            and(
              eq(webhookSecret.source, source),
              notInArray(
                webhookSecret.id,
                sql`(SELECT id FROM webhook_secret WHERE source = ${source} ORDER BY id = ${id} DESC, created_at_ms DESC, id DESC LIMIT ${WEBHOOK_SECRETS_MAX})`,
              ),
            ),
          ),
      );
      return { ...row, secret };
    },
    list: (source) => newest(source),
    readable: async (source) => Promise.all((await newest(source)).map(async ({ sealed }) => seal.open(sealed, source))),
    revoke: async (source, by) => {
      await audit.write(by, changeOf('revoke', source), db.delete(webhookSecret).where(eq(webhookSecret.source, source)));
    },
  };
}

/** Which there are and until when; not what they are, sealed or not. */
function changeOf(action: 'rotate' | 'revoke', source: SourceId): AuditedChange {
  const rows = sql`SELECT id, created_at_ms, expires_at_ms FROM webhook_secret WHERE source = ${source} ORDER BY created_at_ms, id`;
  const one = sql`json_object('id', id, 'created_at_ms', created_at_ms, 'expires_at_ms', expires_at_ms)`;
  return {
    action,
    target: `webhook_secret:${source}`,
    state: sql`(SELECT json_object('secrets', json_group_array(${one})) FROM (${rows}))`,
    version: sql`NULL`,
  };
}

/** As Standard Webhooks writes them. */
export function newWebhookSecretText(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))}`;
}
