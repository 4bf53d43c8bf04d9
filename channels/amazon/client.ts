import type * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ourRequest } from '../../exchange/our-request.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { AccessToken } from '../access-token.ts';
import { typed, type Answer } from '../answer.ts';
import type { Wire } from '../wire.ts';
import { AMAZON_PATIENCE_MS, AMAZON_TOKEN_MS_MAX } from './limits.ts';
import { baseUrlOf, type AmazonCredentials, type AmazonOptions } from './options.ts';
import { errorReply } from './replies.ts';

export type AmazonWire = Wire<AmazonOptions, AmazonCredentials>;

export interface AmazonCall {
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** Everything in it encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Calls the Selling Partner API with a token that it takes. */
export class AmazonClient {
  readonly #wire: AmazonWire;
  readonly #token: AccessToken;

  constructor(wire: AmazonWire) {
    this.#wire = wire;
    this.#token = new AccessToken('Amazon', () => this.#askForToken(), wire.nowMs);
  }

  async call<Body>(call: AmazonCall, reply: z.ZodType<Body>, signal: AbortSignal): Promise<Answer<Body>> {
    const answer = await this.#token.use((token) => this.#callWith(token, call, signal), isShutOut, signal);
    if (answer.kind === 'refused' && isShutOut(answer))
      return { kind: 'unknown', detail: `Amazon does not let us in (${answer.status} ${answer.code}).` };
    return typed(answer, reply, 'Amazon');
  }

  /** To an address that bears its own leave, so it goes without our token, and is never repeated in a message. */
  async upload(url: string, contentType: string, body: string, signal: AbortSignal): Promise<Answer<null>> {
    const request = { method: 'PUT', headers: { 'Content-Type': contentType }, body };
    const exchange = await exchanged(() => this.#fetch(url, request, signal), signal);
    if ('failure' in exchange) return { kind: 'unknown', detail: 'The upload of a feed got no answer.' };
    const { ok, status } = exchange.response;
    return ok ? { kind: 'answered', body: null } : { kind: 'unknown', detail: `The upload of a feed was answered ${status}.` };
  }

  /** Like the upload; the document may come packed. */
  async download(url: string, isPacked: boolean, signal: AbortSignal): Promise<Answer<unknown>> {
    const send = async () => {
      const response = await this.#fetch(url, { method: 'GET' }, signal);
      if (!isPacked || response.body === null) return response;
      return new Response(response.body.pipeThrough(new DecompressionStream('gzip')), { status: response.status });
    };
    const exchange = await exchanged(send, signal);
    if ('failure' in exchange) return { kind: 'unknown', detail: 'The report of a feed could not be read.' };
    const json = exchange.response.ok ? jsonIn(exchange.text) : undefined;
    return json === undefined
      ? { kind: 'unknown', detail: `The report of a feed could not be read (${exchange.response.status}).` }
      : { kind: 'answered', body: json };
  }

  #callWith(token: string, { method, path, query = {}, body }: AmazonCall, signal: AbortSignal): Promise<Answer<unknown>> {
    // A plus is a plus to some and a space to others, so neither is left to be read.
    const parts = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const address = `${baseUrlOf(this.#wire.options)}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
    const headers = { 'x-amz-access-token': token, ...(body !== undefined && { 'Content-Type': 'application/json' }) };
    return this.#send(address, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }, signal);
  }

  #askForToken(): Promise<Answer<unknown>> {
    const form = new URLSearchParams({ grant_type: 'refresh_token', ...this.#wire.credentials });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', headers, body: form.toString() };
    return this.#send(this.#wire.options.token_url, request, AbortSignal.timeout(AMAZON_TOKEN_MS_MAX));
  }

  async #send(address: string, request: RequestInit, signal: AbortSignal): Promise<Answer<unknown>> {
    const exchange = await exchanged(() => this.#fetch(address, request, signal), signal, 'Amazon');
    if ('failure' in exchange) return { kind: 'unknown', detail: shortened(exchange.failure) };
    const { response, text } = exchange;
    const { status } = response;
    if (status === 429) return { kind: 'throttled', retryAfterMs: patienceMs(response.headers) };
    const json = jsonIn(text);
    if (response.ok && json !== undefined) return { kind: 'answered', body: json };
    if (status >= 400 && status < 500) return refusal(status, json);
    return { kind: 'unknown', detail: `Amazon answered ${status}${response.ok ? ' with something that is not JSON' : ''}.` };
  }

  #fetch(address: string, request: RequestInit, signal: AbortSignal): Promise<Response> {
    return this.#wire.fetch(ourRequest(address, request, signal));
  }
}

function isShutOut(answer: Answer<unknown>): boolean {
  return answer.kind === 'refused' && (answer.status === 401 || answer.status === 403);
}

/** A page for people, or an answer without a code, comes from something in between: it says nothing of the call. */
function refusal(status: number, json: unknown): Answer<never> {
  const errors = errorReply.safeParse(json);
  const [first] = errors.success ? errors.data.errors : [];
  if (first !== undefined) return { kind: 'refused', status, code: first.code, detail: shortened(first.message || first.code) };
  // Those that give tokens describe their refusals in another way, of which nothing is repeated.
  if (status <= 403) return { kind: 'refused', status, code: `http_${status}`, detail: `Amazon answered ${status}.` };
  return { kind: 'unknown', detail: `Amazon answered ${status} without saying why.` };
}

/** Amazon tells the pace of an operation, not when it may be called again: one call's worth of it is enough. */
function patienceMs(headers: Headers): number {
  const perSecond = Number(headers.get('x-amzn-RateLimit-Limit') ?? Number.NaN);
  return perSecond > 0 ? Math.max(Math.ceil(1_000 / perSecond), AMAZON_PATIENCE_MS) : AMAZON_PATIENCE_MS;
}
