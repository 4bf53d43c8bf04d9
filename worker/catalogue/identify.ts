import { eq } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { API_KEYS_CACHED_MAX, API_KEY_CACHED_MS_MAX, API_KEY_UNKNOWN_CACHED_MS_MAX } from '../../contracts/limits.ts';
import type { Identify } from '../middleware/authenticate.ts';
import type { Principal } from '../middleware/principal.ts';
import type { ApiKeyRow } from './api-keys.ts';
import { apiKey } from './schema.ts';

// 32 characters of secret, so that an id may hold an underscore and still be told from it.
const KEY = /^hf_([A-Za-z0-9_-]{1,64})_[A-Za-z0-9_-]{32}$/;

export interface KeyCache {
  readonly identify: Identify;
  /** Whose key it is, while it counts, where somebody proved in another way that they may speak for it. */
  named(id: string): Promise<{ readonly principal: Principal; readonly version: number } | null>;
  /** Here it changed; other isolates notice when theirs is too old. */
  forget(id: string): void;
}

interface Known {
  readonly row: ApiKeyRow | null;
  readonly readAtMs: number;
}

/** Finds keys by their id, which is no secret, and compares the hash; the isolate remembers both for some seconds. */
export function keyCache(db: DrizzleD1Database, now: () => number): KeyCache {
  const cache = new Map<string, Known>();

  const known = async (id: string, ageMsMax: number): Promise<Known> => {
    const kept = cache.get(id);
    const maxMs = kept?.row === null ? API_KEY_UNKNOWN_CACHED_MS_MAX : ageMsMax;
    const readAtMs = now();
    if (kept !== undefined && readAtMs - kept.readAtMs < maxMs) return kept;
    const [row = null] = await db.select().from(apiKey).where(eq(apiKey.id, id));
    const read = { row, readAtMs };
    cache.delete(id);
    cache.set(id, read);
    const [oldest] = cache.keys();
    if (cache.size > API_KEYS_CACHED_MAX && oldest !== undefined) cache.delete(oldest);
    return read;
  };

  const isOver = ({ revokedAtMs, expiresAtMs }: ApiKeyRow): boolean =>
    revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= now());

  return {
    forget: (id) => void cache.delete(id),
    named: async (id) => {
      const { row } = await known(id, API_KEY_CACHED_MS_MAX);
      return row === null || isOver(row) ? null : { principal: principalOf(row), version: row.version };
    },
    identify: async (presented) => {
      const id = KEY.exec(presented)?.[1];
      if (id === undefined) return null;
      const hash = await hashOf(presented);
      let { row } = await known(id, API_KEY_CACHED_MS_MAX);
      // The secret may have been replaced elsewhere a moment ago.
      if (!equalInConstantTime(hash, row?.hash)) ({ row } = await known(id, API_KEY_UNKNOWN_CACHED_MS_MAX));
      if (row === null || !equalInConstantTime(hash, row.hash)) return null;
      return isOver(row) ? null : principalOf(row);
    },
  };
}

function principalOf({ id: keyId, scopes, channel, sources, locations, rateLimit }: ApiKeyRow): Principal {
  return { keyId, scopes, channel, sources, locations, rateLimit };
}

export async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function equalInConstantTime(a: string, b = ''): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
