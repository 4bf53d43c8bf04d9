import type * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ourRequest } from '../../exchange/our-request.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import { AccessToken } from '../access-token.ts';
import { typed, type Answer } from '../answer.ts';
import type { Wire } from '../wire.ts';
import { WALMART_PATIENCE_MS, WALMART_TOKEN_MS_MAX } from './limits.ts';
import type { WalmartCredentials, WalmartOptions } from './options.ts';
import { errorReply } from './replies.ts';

export type WalmartWire = Wire<WalmartOptions, WalmartCredentials>;

export interface WalmartCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** With its query, everything in it encoded. */
  readonly path: string;
  readonly body?: { readonly json: unknown } | { readonly form: FormData };
}

const SERVICE = 'Walmart Marketplace';

/** Calls Walmart with a token that it takes. */
export class WalmartClient {
  readonly #wire: WalmartWire;
  readonly #token: AccessToken;

  constructor(wire: WalmartWire) {
    this.#wire = wire;
    this.#token = new AccessToken('Walmart', () => this.#askForToken(), wire.nowMs);
  }

  async call<Body>(call: WalmartCall, reply: z.ZodType<Body>, signal: AbortSignal): Promise<Answer<Body>> {
    const isShutOut = (one: Answer<unknown>) => one.kind === 'refused' && one.status === 401;
    const answer = await this.#token.use((token) => this.#callWith(token, call, signal), isShutOut, signal);
    if (answer.kind === 'refused' && (answer.status === 401 || answer.status === 403))
      return { kind: 'unknown', detail: `Walmart does not let us in (${answer.status} ${answer.code}).` };
    return typed(answer, reply, 'Walmart');
  }

  #callWith(token: string, { method, path, body }: WalmartCall, signal: AbortSignal): Promise<Answer<unknown>> {
    const headers = this.#headers({ 'WM_SEC.ACCESS_TOKEN': token });
    if (body !== undefined && 'json' in body) headers.set('Content-Type', 'application/json');
    const content = body === undefined ? {} : { body: 'json' in body ? JSON.stringify(body.json) : body.form };
    return this.#send(path, { method, headers, ...content }, signal);
  }

  #askForToken(): Promise<Answer<unknown>> {
    const { client_id, client_secret } = this.#wire.credentials;
    const headers = this.#headers({
      Authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    const request = { method: 'POST', headers, body: 'grant_type=client_credentials' };
    return this.#send('/v3/token', request, AbortSignal.timeout(WALMART_TOKEN_MS_MAX));
  }

  #headers(own: Readonly<Record<string, string>>): Headers {
    const { channel_type } = this.#wire.options;
    return new Headers({
      'WM_QOS.CORRELATION_ID': crypto.randomUUID(),
      'WM_SVC.NAME': SERVICE,
      ...(channel_type === undefined ? {} : { 'WM_CONSUMER.CHANNEL.TYPE': channel_type }),
      ...own,
    });
  }

  async #send(path: string, request: RequestInit, signal: AbortSignal): Promise<Answer<unknown>> {
    const send = () => this.#wire.fetch(ourRequest(this.#wire.options.url.replace(/\/+$/, '') + path, request, signal));
    const exchange = await exchanged(send, signal, 'Walmart');
    if ('failure' in exchange) return { kind: 'unknown', detail: shortened(exchange.failure) };
    const { response, text } = exchange;
    if (response.status === 429 || response.status === 423)
      return { kind: 'throttled', retryAfterMs: patienceMs(response.headers, this.#wire.nowMs()) };
    const json = jsonIn(text);
    if (response.ok && json !== undefined) return { kind: 'answered', body: json };
    if (response.status >= 400 && response.status < 500) return refusal(response.status, json);
    return {
      kind: 'unknown',
      detail: `Walmart answered ${response.status}${response.ok ? ' with something that is not JSON' : ''}.`,
    };
  }
}

// These say that Walmart is called in a wrong way or at a wrong address, not that it refuses an item.
const CALLED_WRONGLY = [
  'INVALID_REQUEST_HEADER',
  'MISSING_REQUEST_HEADER',
  'URI_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'INVALID_ACCEPT_TYPE',
  'UNSUPPORTED_MEDIA_TYPE',
];

/** A page for people, or an answer without a code, comes from something in between: it says nothing of the call. */
function refusal(status: number, json: unknown): Answer<never> {
  const errors = errorReply.safeParse(json);
  const [first] = errors.success ? errors.data : [];
  if (first === undefined) {
    if (status === 401 || status === 403) return { kind: 'refused', status, code: 'unauthorized', detail: '' };
    return { kind: 'unknown', detail: `Walmart answered ${status} without saying why.` };
  }
  // The gateway adds its own name to a code, after a dot.
  if (CALLED_WRONGLY.includes(first.code.split('.')[0] ?? ''))
    return { kind: 'unknown', detail: `Walmart answered ${first.code}.` };
  return { kind: 'refused', status, code: first.code, detail: shortened(first.description ?? first.info ?? first.code) };
}

/** `Retry-After`, or the time at which calls are given out again. */
function patienceMs(headers: Headers, nowMs: number): number {
  const retryAfter = headers.get('Retry-After');
  if (retryAfter !== null) return retryAfterMs(retryAfter, nowMs);
  const replenished = headers.get('X-Next-Replenishment-Time')?.trim() ?? '';
  const atMs = /^\d{12,}$/.test(replenished) ? Number(replenished) : Date.parse(replenished);
  if (Number.isNaN(atMs)) return WALMART_PATIENCE_MS;
  return retryAfterMs(new Date(atMs).toUTCString(), nowMs);
}
