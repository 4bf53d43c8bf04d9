import { toBase64url } from './base64url.ts';
import { utf8 } from './utf8.ts';

/** R3: the same content has the same fingerprint, however its fields were ordered; what was absent stays absent. */
export async function fingerprintOf(sent: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(canonical(sent)));
  return toBase64url(new Uint8Array(digest));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
