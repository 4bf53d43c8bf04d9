import type { Operation } from './document.ts';

/** One call, as far as it can still be changed in one place. */
export interface FuzzRequest {
  readonly operation: Operation;
  /** What was changed of a valid one; null: nothing. */
  readonly mutation: string | null;
  /** Who asks; null: nobody says. */
  readonly caller: string | null;
  /** Percent-encoded, by the name of the parameter. */
  readonly path: Readonly<Record<string, string>>;
  /** Text in the order of the address, not encoded yet. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  /** What the JSON says; the text where it is none. */
  readonly body: unknown;
}

export function addressOf({ operation, path, query }: FuzzRequest): string {
  const pathname = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
  const written = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`);
  return pathname + (written.length > 0 ? `?${written.join('&')}` : '');
}

export async function answerOf(reply: Response): Promise<Answer> {
  const text = await reply.text();
  const type = reply.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  return { status: reply.status, type, headers: reply.headers, text, body: parsed(type, text) };
}

function parsed(type: string, text: string): unknown {
  if (!/\bjson$/.test(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The request as whoever has to repeat it needs it, without the key. */
export function told(request: FuzzRequest): string {
  const { operation, mutation, caller, headers, body } = request;
  const sent = body === null ? '' : typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  const shown = sent.length > 1_000 ? `${sent.slice(0, 1_000)}… (${sent.length})` : sent;
  const { authorization: _secret, ...shownHeaders } = headers;
  return `${operation.method} ${JSON.stringify(addressOf(request))} by ${caller ?? 'nobody'} [${mutation ?? 'valid'}] ${JSON.stringify(shownHeaders)} ${shown}`;
}
