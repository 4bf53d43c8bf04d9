import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import type { Expected } from './catalogue/versions.ts';
import { Refused } from './refused.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** If-Match: one version, `*` for any, or nothing at all. */
export function expectedVersion(c: Context<AppEnv>): Expected | Refused {
  const header = c.req.header('if-match')?.trim();
  if (header === undefined) return null;
  if (header === '*') return 'any';
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  // An ETag that we never gave cannot be the present one.
  return version === undefined ? new Refused('version_conflict', 'If-Match: this is no version of it') : Number(version);
}
