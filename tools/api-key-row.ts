import { createHash } from 'node:crypto';
import type { Scope } from '../contracts/keys.ts';

export interface FirstKey {
  /** The key itself: `hf_<id>_<32 characters of secret>`. Only its hash goes into the database. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly channel?: string;
  readonly sources?: readonly string[];
}

/** One statement and what it binds; a key that is there already stays as it is. */
export const INSERT_KEY = `INSERT INTO api_key (id, hash, name, scopes, channel, sources, created_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

export function keyValues(
  { key, id, name, scopes, channel, sources }: FirstKey,
  nowMs: number,
): readonly (string | number | null)[] {
  const hash = createHash('sha256').update(key).digest('hex');
  return [id, hash, name, JSON.stringify(scopes), channel ?? null, sources === undefined ? null : JSON.stringify(sources), nowMs];
}
