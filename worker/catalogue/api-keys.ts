import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { toBase64url } from '../request/base64url.ts';
import { hashOf, type KeyCache } from './identify.ts';
import { apiKey } from './schema.ts';

export type ApiKeyRow = typeof apiKey.$inferSelect;
export type NewApiKey = Omit<ApiKeyRow, 'id' | 'hash' | 'createdAtMs' | 'revokedAtMs'>;

export interface ApiKeys {
  create(key: NewApiKey): Promise<{ readonly row: ApiKeyRow; readonly key: string }>;
  /** The same key with a new secret; the old one stops. A revoked one gets none: it would open nothing. */
  rotate(id: string): Promise<{ readonly row: ApiKeyRow; readonly key: string } | null>;
  revoke(id: string): Promise<ApiKeyRow | null>;
  list(after: string, limit: number): Promise<readonly ApiKeyRow[]>;
}

const SECRET_BYTES = 24;
const ID_BYTES = 12;

export function apiKeysIn(db: DrizzleD1Database, cache: KeyCache, now: () => number): ApiKeys {
  return {
    create: async (values) => {
      const id = randomText(ID_BYTES);
      const key = newKeyOf(id);
      const [row] = await db
        .insert(apiKey)
        .values({ ...values, id, hash: await hashOf(key), createdAtMs: now() })
        .returning();
      if (row === undefined) throw new Error('a row that is put comes back');
      return { row, key };
    },
    rotate: async (id) => {
      const key = newKeyOf(id);
      const [row] = await db
        .update(apiKey)
        .set({ hash: await hashOf(key) })
        .where(and(eq(apiKey.id, id), isNull(apiKey.revokedAtMs)))
        .returning();
      cache.forget(id);
      return row === undefined ? null : { row, key };
    },
    revoke: async (id) => {
      const [known] = await db.select().from(apiKey).where(eq(apiKey.id, id));
      if (known === undefined || known.revokedAtMs !== null) return known ?? null;
      const [row] = await db.update(apiKey).set({ revokedAtMs: now() }).where(eq(apiKey.id, id)).returning();
      cache.forget(id);
      return row ?? null;
    },
    list: (after, limit) => db.select().from(apiKey).where(gt(apiKey.id, after)).orderBy(asc(apiKey.id)).limit(limit),
  };
}

function newKeyOf(id: string): string {
  return `hf_${id}_${randomText(SECRET_BYTES)}`;
}

function randomText(bytes: number): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}
