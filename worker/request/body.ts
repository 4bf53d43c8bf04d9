import type { Context } from 'hono';
import type * as z from 'zod';
import { BODY_BYTES_DRAINED_MAX, BODY_BYTES_MAX } from '../../contracts/limits.ts';
import type { AppEnv } from '../app-env.ts';
import { issuesOf } from './issues.ts';
import { Refused } from '../refused.ts';

export interface Body<T> {
  readonly value: T;
  /** As it was sent, before any default: what a fingerprint is made of (R3). */
  readonly sent: unknown;
}

/**
 * Reads, measures and parses the body; an absent one counts as `{}`. `plain` knows what most bodies come to, sooner than the schema
 * would; where it does not (null), the schema says what is wrong, or right.
 */
export async function bodyOf<Schema extends z.ZodType>(
  c: Context<AppEnv>,
  schema: Schema,
  plain: (sent: unknown) => z.output<Schema> | null = () => null,
): Promise<Body<z.output<Schema>> | Refused> {
  const text = await textOf(c.req.raw);
  if (text instanceof Refused) return text;
  const sent = parsed(text);
  if (sent instanceof Refused) return sent;
  const value = plain(sent);
  if (value !== null) return { value, sent };
  const result = schema.safeParse(sent);
  return result.success ? { value: result.data, sent } : malformed(issuesOf(result.error));
}

/** A table of names leaves this one out without a word, whatever stands under it. */
export function namesPrototype(...tables: readonly unknown[]): Refused | null {
  const named = tables.some((one) => typeof one === 'object' && one !== null && Object.hasOwn(one, '__proto__'));
  return named ? new Refused('invalid_request', '__proto__: names nothing here') : null;
}

export function queryOf<Schema extends z.ZodType>(c: Context<AppEnv>, schema: Schema): z.output<Schema> | Refused {
  const sent = c.req.url.includes('?') ? c.req.query() : {};
  // Of what is said twice only the first would count, and nobody would know.
  const twice = c.req.url.includes('&') ? Object.entries(c.req.queries()).find(([, values]) => values.length > 1) : undefined;
  if (twice !== undefined) return new Refused('invalid_request', `${twice[0]}: is there more than once`);
  const result = schema.safeParse(sent);
  return result.success ? result.data : malformed(issuesOf(result.error));
}

export function malformed(issues: ReturnType<typeof issuesOf>): Refused {
  return new Refused(
    'invalid_request',
    issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '),
    { extra: { issues } },
  );
}

export function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return new Refused('invalid_request', 'the body is not JSON');
  }
}

async function textOf(request: Request): Promise<string | Refused> {
  const bytes = await bytesOf(request);
  return bytes instanceof Refused ? bytes : textIn(bytes);
}

/** All of it, or why not. */
export async function bytesOf(request: Request): Promise<Uint8Array<ArrayBuffer> | Refused> {
  try {
    return await measured(request);
  } catch {
    return cutShort();
  }
}

/** Whoever sends less than was said, or goes away, has made a mistake or lost a connection; neither is ours to look into. */
export function cutShort(): Refused {
  return new Refused('invalid_request', 'the body ended before all of it had come');
}

/** Bytes beyond the limit are read and forgotten: a sender that is cut off while sending would never see the answer. */
async function measured(request: Request): Promise<Uint8Array<ArrayBuffer> | Refused> {
  // Most senders say how much they send, and the runtime lets no more come; that is read in one piece, at a third of the cost.
  const said = request.headers.get('content-length');
  if (said !== null && Number(said) <= BODY_BYTES_MAX) {
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.byteLength <= BODY_BYTES_MAX ? whole : tooLarge();
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
    if (size > BODY_BYTES_DRAINED_MAX) break;
  }
  return size > BODY_BYTES_MAX ? tooLarge() : joined(chunks, size);
}

function tooLarge(): Refused {
  return new Refused('too_large', `a body may have ${BODY_BYTES_MAX} bytes`);
}

/** It keeps nothing from one body to the next, and to make one is a call of the runtime. */
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function textIn(bytes: Uint8Array): string | Refused {
  try {
    return STRICT.decode(bytes);
  } catch {
    return new Refused('invalid_request', 'the body is not UTF-8');
  }
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return all;
}
