import type { Context } from 'hono';
import { IDEMPOTENCY_KEY_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { RequestKey } from '../../durable-objects/sku-stock/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import { fingerprintOf } from '../request/fingerprint.ts';
import { requestHash } from '../request/reservation-id.ts';
import { Refused } from '../refused.ts';

const VISIBLE = new RegExp(`^[\\x21-\\x7e]{1,${IDEMPOTENCY_KEY_CHARACTERS_MAX}}$`);

/** R1: the header as the caller wrote it; the quotes of a structured field are not part of it. */
export function idempotencyKeyOf(c: Context<AppEnv>): string | Refused {
  return idempotencyKeyIn(c.req.header('idempotency-key'));
}

export function idempotencyKeyIn(header: string | undefined): string | Refused {
  const written = header?.trim() ?? '';
  const key = /^"(.+)"$/.exec(written)?.[1] ?? written;
  if (key === '' || key === '""')
    return new Refused('key_missing', 'send an Idempotency-Key, so that a repeated request takes effect once');
  if (!VISIBLE.test(key)) {
    return new Refused(
      'invalid_request',
      `Idempotency-Key: must be 1 to ${IDEMPOTENCY_KEY_CHARACTERS_MAX} visible ASCII characters`,
    );
  }
  return key;
}

/** R2, R3: what a repetition is recognised by. */
export async function requestKeyOf(c: Context<AppEnv>, key: string, sent: unknown): Promise<RequestKey> {
  return requestKeyFor(c.get('principal').keyId, key, sent);
}

export async function requestKeyFor(keyId: string, key: string, sent: unknown): Promise<RequestKey> {
  const [hash, fingerprint] = await Promise.all([requestHash(keyId, key), fingerprintOf(sent)]);
  return { hash, fingerprint };
}
