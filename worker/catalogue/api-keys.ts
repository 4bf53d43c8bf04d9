import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { AuditAction } from '../audit/schema.ts';
import type { AuditedChange, AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import type { RequestKey } from '../../durable-objects/sku-stock/protocol.ts';
import { Refused } from '../refused.ts';
import { toBase64url } from '../request/base64url.ts';
import { hashOf, type KeyCache } from './identify.ts';
import { apiKey } from './schema.ts';

export type ApiKeyRow = typeof apiKey.$inferSelect;
export type NewApiKey = Pick<ApiKeyRow, 'name' | 'scopes' | 'channel' | 'sources' | 'locations' | 'rateLimit' | 'expiresAtMs'>;

export interface ApiKeys {
  /** The key itself is told this once: `null` where the same request made it before. */
  create(
    values: NewApiKey,
    request: RequestKey | null,
    by: By,
  ): Promise<{ readonly row: ApiKeyRow; readonly key: string | null } | Refused>;
  /** The same key with a new secret; the old one stops. A revoked one gets none: it would open nothing. */
  rotate(id: string, by: By): Promise<{ readonly row: ApiKeyRow; readonly key: string } | null>;
  revoke(id: string, by: By): Promise<ApiKeyRow | null>;
  list(after: string, limit: number): Promise<readonly ApiKeyRow[]>;
}

const SECRET_BYTES = 24;
const ID_BYTES = 12;

export function apiKeysIn(db: DrizzleD1Database, cache: KeyCache, audit: AuditLog, now: () => number): ApiKeys {
  const madeBefore = async (request: RequestKey): Promise<{ readonly row: ApiKeyRow; readonly key: null } | Refused | null> => {
    const [made] = await db.select().from(apiKey).where(eq(apiKey.requestHash, request.hash));
    if (made === undefined) return null;
    return made.requestFingerprint === request.fingerprint
      ? { row: made, key: null }
      : new Refused('key_reused', 'another API key was made under this Idempotency-Key');
  };
  return {
    create: async (values, request, by) => {
      if (values.expiresAtMs !== null && values.expiresAtMs <= now()) {
        // It may have been made in time, and its answer lost until now.
        const made = request === null ? null : await madeBefore(request);
        return made ?? new Refused('invalid_request', 'expires_at: is past');
      }
      const id = randomText(ID_BYTES);
      const key = newKeyOf(id);
      const [row] = await audit.write(
        by,
        changeOf('create', id),
        db
          .insert(apiKey)
          .values({
            ...values,
            id,
            hash: await hashOf(key),
            createdAtMs: now(),
            requestHash: request?.hash ?? null,
            requestFingerprint: request?.fingerprint ?? null,
          })
          .onConflictDoNothing({ target: apiKey.requestHash })
          .returning(),
      );
      if (row !== undefined) return { row, key };
      const made = request === null ? null : await madeBefore(request);
      if (made === null) throw new Error('a key that is not made was made before');
      return made;
    },
    rotate: async (id, by) => {
      const key = newKeyOf(id);
      const [row] = await audit.write(
        by,
        changeOf('rotate', id),
        db
          .update(apiKey)
          .set({ hash: await hashOf(key), rotatedAtMs: now(), version: sql`${apiKey.version} + 1` })
          .where(and(eq(apiKey.id, id), isNull(apiKey.revokedAtMs)))
          .returning(),
      );
      cache.forget(id);
      return row === undefined ? null : { row, key };
    },
    revoke: async (id, by) => {
      const [revoked] = await audit.write(
        by,
        changeOf('revoke', id),
        db
          .update(apiKey)
          .set({ revokedAtMs: now(), version: sql`${apiKey.version} + 1` })
          .where(and(eq(apiKey.id, id), isNull(apiKey.revokedAtMs)))
          .returning(),
      );
      cache.forget(id);
      if (revoked !== undefined) return revoked;
      const [known] = await db.select().from(apiKey).where(eq(apiKey.id, id));
      return known ?? null;
    },
    list: (after, limit) => db.select().from(apiKey).where(gt(apiKey.id, after)).orderBy(asc(apiKey.id)).limit(limit),
  };
}

/** All but what only its owner may know, and even of that the hash. */
function changeOf(action: AuditAction, id: string): AuditedChange {
  const version = sql`(SELECT version FROM api_key WHERE id = ${id})`;
  return {
    action,
    target: `key:${id}`,
    state: rowAsJson(apiKey, eq(apiKey.id, id), ['hash', 'version', 'request_hash', 'request_fingerprint']),
    version,
  };
}

function newKeyOf(id: string): string {
  return `hf_${id}_${randomText(SECRET_BYTES)}`;
}

function randomText(bytes: number): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}
