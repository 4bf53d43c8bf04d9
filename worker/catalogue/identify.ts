import {
  API_KEYS_CACHED_BYTES_MAX,
  API_KEYS_CACHED_MAX,
  API_KEY_CACHED_MS_MAX,
  API_KEY_UNKNOWN_CACHED_MS_MAX,
} from '../../contracts/limits.ts';
import { LeastRecentlyUsed } from '../cache/least-recently-used.ts';
import { isYounger } from '../is-younger.ts';
import type { Identify } from '../middleware/authenticate.ts';
import type { Principal } from '../middleware/principal.ts';
import { inJson } from './stored.ts';

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
  readonly row: KeyRow | null;
  readonly readAtMs: number;
  /** What was presented and hashed to what the row has, so that the next request need not hash it again (ADR 33). */
  good: { readonly presented: string; readonly principal: Principal } | null;
}

/**
 * Finds keys by their id, which is no secret, and compares the hash; the isolate remembers both for some seconds. Whoever tries many
 * ids drives out of it what is not in use, and no more.
 */
export function keyCache(db: D1Database, now: () => number): KeyCache {
  const cache = new LeastRecentlyUsed<string, Known>({ entriesMax: API_KEYS_CACHED_MAX, bytesMax: API_KEYS_CACHED_BYTES_MAX });

  const known = async (id: string, ageMsMax: number): Promise<Known> => {
    const kept = cache.find(id);
    const maxMs = kept?.row === null ? API_KEY_UNKNOWN_CACHED_MS_MAX : ageMsMax;
    const readAtMs = now();
    if (kept !== undefined && isYounger(kept.readAtMs, readAtMs, maxMs)) return kept;
    const row = await keyOf(db, id);
    const read: Known = { row, readAtMs, good: null };
    cache.keep(id, read, bytesOf(row));
    return read;
  };

  const isOver = ({ revokedAtMs, expiresAtMs }: KeyRow): boolean =>
    revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= now());

  const recognise: KeyCache['recognise'] = (presented) => {
    const kept = cache.find(KEY.exec(presented)?.[1] ?? '');
    if (kept === undefined || kept.row === null || kept.good === null || isOver(kept.row)) return null;
    if (!isYounger(kept.readAtMs, now(), API_KEY_CACHED_MS_MAX)) return null;
    return equalInConstantTime(presented, kept.good.presented) ? kept.good.principal : null;
  };

  return {
    recognise,
    forget: (id) => cache.forget(id),
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
      if (found.row !== null && !equalInConstantTime(hash, found.row.hash))
        found = await known(id, API_KEY_UNKNOWN_CACHED_MS_MAX);
      const { row } = found;
      if (row === null || !equalInConstantTime(hash, row.hash) || isOver(row)) return null;
      found.good = { presented, principal: principalOf(row) };
      return found.good.principal;
    },
  };
}

// A row of a few fields and the key that was presented, and each name in a list, rounded up.
const BYTES_OF_ITSELF = 1_000;
const BYTES_PER_NAME = 100;

function bytesOf(row: KeyRow | null): number {
  const { scopes, sources, locations } = row ?? { scopes: [], sources: [], locations: [] };
  return BYTES_OF_ITSELF + BYTES_PER_NAME * (scopes.length + (sources?.length ?? 0) + (locations?.length ?? 0));
}

function principalOf({ keyId, scopes, channel, sources, locations, rateLimit }: KeyRow): Principal {
  return { keyId, scopes, channel, sources, locations, rateLimit };
}

interface KeyRow extends Principal {
  readonly hash: string;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly version: number;
}

type StoredKey = Omit<KeyRow, 'scopes' | 'sources' | 'locations' | 'rateLimit'> & {
  readonly scopes: string;
  readonly sources: string | null;
  readonly locations: string | null;
  readonly rateLimit: string | null;
};

const KEY_OF_ID = `
  SELECT id AS keyId, hash, scopes, channel, sources, locations, rate_limit AS rateLimit, expires_at_ms AS expiresAtMs,
    revoked_at_ms AS revokedAtMs, version
  FROM api_key WHERE id = ?`;

async function keyOf(db: D1Database, id: string): Promise<KeyRow | null> {
  const row = await db.prepare(KEY_OF_ID).bind(id).first<StoredKey>();
  if (row === null) return null;
  const { scopes, sources, locations, rateLimit } = row;
  return {
    ...row,
    scopes: JSON.parse(scopes) as Principal['scopes'],
    sources: inJson(sources),
    locations: inJson(locations),
    rateLimit: inJson(rateLimit),
  };
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
