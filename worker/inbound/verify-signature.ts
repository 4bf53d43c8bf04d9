import { WEBHOOK_SIGNATURES_MAX, WEBHOOK_TOLERANCE_SECONDS } from '../../contracts/limits.ts';
import { Refused } from '../refused.ts';

export interface Signed {
  readonly id: string;
  readonly timestamp: string;
  /** Several, with a space between them, while the sender changes its secret. */
  readonly signatures: string;
  readonly body: Uint8Array;
}

/** null: one of the secrets made one of the signatures, within five minutes (Standard Webhooks). */
export async function verifySignature(
  { id, timestamp, signatures, body }: Signed,
  secrets: readonly string[],
  nowMs: number,
): Promise<Refused | null> {
  if (!/^[\x21-\x7e]{1,255}$/.test(id)) return invalid('webhook-id: must be 1 to 255 visible ASCII characters');
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : null;
  if (seconds === null) return invalid('webhook-timestamp: must be seconds since 1970');
  if (Math.abs(Math.floor(nowMs / 1_000) - seconds) > WEBHOOK_TOLERANCE_SECONDS)
    return invalid(`webhook-timestamp: is more than ${WEBHOOK_TOLERANCE_SECONDS} seconds from now`);

  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  const given = signatures.split(' ').slice(0, WEBHOOK_SIGNATURES_MAX).flatMap(signatureIn);
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of given) if (await crypto.subtle.verify('HMAC', key, signature, signed)) return null;
  }
  return invalid('webhook-signature: no secret of this source made any of them');
}

function invalid(detail: string): Refused {
  return new Refused('signature_invalid', detail);
}

/** Only symmetric signatures; those of other versions stand beside them for others. */
function signatureIn(text: string): readonly Uint8Array<ArrayBuffer>[] {
  if (!text.startsWith('v1,')) return [];
  try {
    return [fromBase64(text.slice('v1,'.length))];
  } catch {
    return [];
  }
}

/** What a secret of Standard Webhooks stands for. */
function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  return fromBase64(secret.replace(/^whsec_/, ''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}
