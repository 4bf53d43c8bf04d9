import { eq } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { API_KEYS_CACHED_MAX, API_KEY_CACHED_MS_MAX, API_KEY_UNKNOWN_CACHED_MS_MAX } from '../../contracts/limits.ts';
import { isYounger } from '../is-younger.ts';
import type { Identify } from '../middleware/authenticate.ts';
import type { Principal } from '../middleware/principal.ts';
import type { ApiKeyRow } from './api-keys.ts';
import { apiKey } from './schema.ts';

// 32 characters of secret, so that an id may hold an underscore and still be told from it.
const KEY = /^hf_([A-Za-z0-9_-]{1,64})_[A-Za-z0-9_-]{32}$/;

export interface KeyCache {
  readonly identify: Identify;
  /** The same without waiting, where this very key was found to be good a moment ago; null: that has to be asked. */
  recognise(presentedKey: string): Principal | null;
  /** Whose key it is, while it counts, where somebody proved in another way that they may speak for it. */
  named(id: string): Promise<{ readonly principal: Principal; readonly version: number } | null>;
  /** Here it changed; other isolates notice when theirs is too old. */
  forget(id: string): void;
}

interface Known {
  readonly row: ApiKeyRow | null;
  readonly readAtMs: number;
  /** What was presented and hashed to what the row has, so that the next request need not hash it again (ADR 33). */
  good: { readonly presented: string; readonly principal: Principal } | null;
}

/** Finds keys by their id, which is no secret, and compares the hash; the isolate remembers both for some seconds. */
export function keyCache(db: DrizzleD1Database, now: () => number): KeyCache {
  const cache = new Map<string, Known>();

  const known = async (id: string, ageMsMax: number): Promise<Known> => {
    const kept = cache.get(id);
    const maxMs = kept?.row === null ? API_KEY_UNKNOWN_CACHED_MS_MAX : ageMsMax;
    const readAtMs = now();
    if (kept !== undefined && isYounger(kept.readAtMs, readAtMs, maxMs)) return kept;
    const [row = null] = await db.select().from(apiKey).where(eq(apiKey.id, id));
    const read: Known = { row, readAtMs, good: null };
    cache.delete(id);
    cache.set(id, read);
    const [oldest] = cache.keys();
    if (cache.size > API_KEYS_CACHED_MAX && oldest !== undefined) cache.delete(oldest);
    return read;
  };

  const isOver = ({ revokedAtMs, expiresAtMs }: ApiKeyRow): boolean =>
    revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= now());

  const recognise: KeyCache['recognise'] = (presented) => {
    const kept = cache.get(KEY.exec(presented)?.[1] ?? '');
    if (kept === undefined || kept.row === null || kept.good === null || isOver(kept.row)) return null;
    if (!isYounger(kept.readAtMs, now(), API_KEY_CACHED_MS_MAX)) return null;
    return equalInConstantTime(presented, kept.good.presented) ? kept.good.principal : null;
  };

  return {
    recognise,
    forget: (id) => void cache.delete(id),
    named: async (id) => {
      const { row } = await known(id, API_KEY_CACHED_MS_MAX);
      return row === null || isOver(row) ? null : { principal: principalOf(row), version: row.version };
    },
    identify: async (presented) => {
      const recognised = recognise(presented);
      if (recognised !== null) return recognised;
      const id = KEY.exec(presented)?.[1];
      if (id === undefined) return null;
      const hash = await hashOf(presented);
      let found = await known(id, API_KEY_CACHED_MS_MAX);
      // The secret may have been replaced elsewhere a moment ago.
      if (!equalInConstantTime(hash, found.row?.hash)) found = await known(id, API_KEY_UNKNOWN_CACHED_MS_MAX);
      const { row } = found;
      if (row === null || !equalInConstantTime(hash, row.hash) || isOver(row)) return null;
      found.good = { presented, principal: principalOf(row) };
      return found.good.principal;
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
