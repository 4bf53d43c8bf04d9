import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import type { Expected } from '../catalogue/versions.ts';
import { Refused } from '../refused.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** If-None-Match compares weakly: what stands between may have dropped or added the W/ of a tag. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const strong = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => strong(tag) === strong(etag));
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
