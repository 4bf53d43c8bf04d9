import * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ErpUnavailable } from '../port.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';

export interface RpcOptions {
  /** Ends with the database: http://host:8000/company */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly nowMs: () => number;
}

/** A call is one transaction of Tryton's: it did all of it, or nothing. Only where no answer came we cannot tell. */
export type RpcAnswer<Result> =
  | { readonly kind: 'answered'; readonly result: Result }
  /** Tryton's rules say no; for this content it will say so again. Nothing was done. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  /** It stumbled over the content, or over itself. Nothing was done. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** Somebody else was quicker, or the database busy. Nothing was done. */
  | { readonly kind: 'conflict'; readonly detail: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly detail: string };

export interface Rpc {
  try<Result>(call: RpcCall<Result>, signal: AbortSignal): Promise<RpcAnswer<Result>>;
  /** For questions: whoever gets no answer cannot go on. Throws ErpUnavailable. */
  ask<Result>(call: RpcCall<Result>, signal: AbortSignal): Promise<Result>;
  /** The id of our user. Throws ErpUnavailable. */
  userId(signal: AbortSignal): Promise<number>;
}

export interface RpcCall<Result> {
  /** Such as `stock.move.do`. */
  readonly method: string;
  readonly args: readonly unknown[];
  /** Of the answer. */
  readonly result: z.ZodType<Result>;
  readonly context?: Readonly<Record<string, unknown>>;
}

interface Session {
  readonly userId: number;
  readonly authorization: string;
}

/** Tryton's JSON-RPC under one login, which is renewed when the server has forgotten it. */
export function trytonRpc(options: RpcOptions): Rpc {
  // The session outlives requests as text; a promise of it must not, for a Worker may not wait for another request's.
  let session: Session | null = null;

  async function logIn(signal: AbortSignal): Promise<RpcAnswer<Session>> {
    const answer = await send(options, null, loginBody(options), loginResult, signal);
    // 401 here means the password, and an array of another kind that more than a password is asked for.
    if (answer.kind === 'unauthorised') return { kind: 'unknown', detail: 'Tryton refused the login: check user and password.' };
    if (answer.kind !== 'answered') return answer;
    const [userId, key] = answer.result;
    session = { userId, authorization: `Session ${base64(`${options.user}:${userId}:${key}`)}` };
    return { kind: 'answered', result: session };
  }

  async function attempt<Result>(call: RpcCall<Result>, signal: AbortSignal): Promise<RpcAnswer<Result>> {
    for (const again of [true, false]) {
      const login: RpcAnswer<Session> = session === null ? await logIn(signal) : { kind: 'answered', result: session };
      if (login.kind !== 'answered') return login;
      const answer = await send(options, login.result.authorization, bodyOf(call), call.result, signal);
      if (answer.kind !== 'unauthorised') return answer;
      session = null;
      if (!again) break;
    }
    return { kind: 'unknown', detail: 'Tryton does not accept the session that it has just given.' };
  }

  return {
    try: attempt,
    ask: async (call, signal) => answered(await attempt(call, signal)),
    userId: async (signal) => session?.userId ?? answered(await logIn(signal)).userId,
  };
}

function answered<Result>(answer: RpcAnswer<Result>): Result {
  if (answer.kind === 'answered') return answer.result;
  throw unavailable(answer);
}

export function unavailable(answer: Exclude<RpcAnswer<never>, { kind: 'answered' }>): ErpUnavailable {
  return answer.kind === 'throttled'
    ? new ErpUnavailable('Tryton asks for patience.', answer.retryAfterMs)
    : new ErpUnavailable(answer.detail);
}

const loginResult = z.tuple([z.int(), z.string().min(1).max(1_000)]);

function loginBody({ user, password }: RpcOptions): RpcBody {
  return { id: 1, method: 'common.db.login', params: [user, { password }, 'en'] };
}

// With any other field, such as JSON-RPC's own version, Tryton answers in another manner.
interface RpcBody {
  readonly id: 1;
  readonly method: string;
  readonly params: readonly unknown[];
}

function bodyOf({ method, args, context = {} }: RpcCall<unknown>): RpcBody {
  return { id: 1, method: `model.${method}`, params: [...args, { language: 'en', ...context }] };
}

async function send<Result>(
  { url, fetch, nowMs }: RpcOptions,
  authorization: string | null,
  body: RpcBody,
  result: z.ZodType<Result>,
  signal: AbortSignal,
): Promise<RpcAnswer<Result> | { readonly kind: 'unauthorised' }> {
  const headers = new Headers({ 'Content-Type': 'application/json', Accept: 'application/json' });
  if (authorization !== null) headers.set('Authorization', authorization);
  const address = `${url.replace(/\/+$/, '')}/`;
  // A redirect would carry the session to wherever it points.
  const request = { method: 'POST', headers, redirect: 'manual', signal, body: JSON.stringify(body) } as const;
  const exchange = await exchanged(() => fetch(new Request(address, request)), signal);
  if ('failure' in exchange) return { kind: 'unknown', detail: exchange.failure };

  const { response, text } = exchange;
  switch (response.status) {
    case 200:
      return readReply(text, result);
    case 401:
      return { kind: 'unauthorised' };
    case 429:
      return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), nowMs()) };
    default:
      return { kind: 'unknown', detail: `Tryton answered ${response.status}.` };
  }
}

const reply = z.union([
  z.object({ id: z.literal(1), error: z.array(z.unknown()).min(1) }),
  z.object({ id: z.literal(1), result: z.unknown() }),
]);

function readReply<Result>(text: string, result: z.ZodType<Result>): RpcAnswer<Result> {
  const parsed = reply.safeParse(jsonIn(text));
  if (!parsed.success) return { kind: 'unknown', detail: 'Tryton answered 200 with something else than JSON-RPC.' };
  if ('error' in parsed.data) return failureOf(parsed.data.error);

  const read = result.safeParse(parsed.data.result);
  if (read.success) return { kind: 'answered', result: read.data };
  return { kind: 'unknown', detail: shortened(`Tryton answered what we cannot read: ${z.prettifyError(read.error)}`) };
}

/** Its messages are translated, so only its kinds tell; a database's own words are the exception, they have no kind. */
function failureOf([kind, told]: readonly unknown[]): Exclude<RpcAnswer<never>, { kind: 'answered' | 'throttled' }> {
  const text = shortened(wordsOf(told) || String(kind));
  switch (kind) {
    case 'UserError':
      return { kind: 'refused', code: 'user_error', detail: text };
    case 'UserWarning':
      return { kind: 'refused', code: 'user_warning', detail: shortened(`Tryton asks a person to agree: ${warningOf(told)}`) };
    case 'ConcurrencyException':
      return { kind: 'conflict', detail: text };
    case 'LoginException':
      return { kind: 'unknown', detail: 'Tryton asks for more than a password.' };
    default: {
      const detail = shortened(`Tryton failed: ${String(kind)}`);
      return { kind: BUSY.test(String(kind)) ? 'conflict' : 'failed', detail };
    }
  }
}

const BUSY = /lock|serializ|concurren|conflict|timeout|connection|server closed|readonly database|disk/i;

function wordsOf(told: unknown): string {
  return Array.isArray(told) ? String(told[0] ?? '') : typeof told === 'string' ? told : '';
}

/** A warning names itself first. */
function warningOf(told: unknown): string {
  return Array.isArray(told) ? String(told[1] ?? '') : '';
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
