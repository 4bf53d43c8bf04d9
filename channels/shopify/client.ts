import * as z from 'zod';
import { exchanged } from '../../exchange/exchanged.ts';
import { ourRequest } from '../../exchange/our-request.ts';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { retryAfterMs } from '../../exchange/retry-after.ts';
import { AccessToken } from '../access-token.ts';
import { typed, type Answer } from '../answer.ts';
import type { Wire } from '../wire.ts';
import { SHOPIFY_AGAIN_MS, SHOPIFY_TOKEN_MS_MAX } from './limits.ts';
import type { ShopifyCredentials, ShopifyOptions } from './options.ts';

export type ShopifyWire = Wire<ShopifyOptions, ShopifyCredentials>;

const VERSION = '2026-07';

/** How Shopify answers a document of GraphQL, good or bad, mostly under a 200. */
const reply = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string().catch(''), extensions: z.object({ code: z.string().optional() }).optional() }))
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number(),
          throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Asks one shop, with a token that it takes. */
export class ShopifyClient {
  readonly #wire: ShopifyWire;
  readonly #base: string;
  readonly #token: AccessToken;

  constructor(wire: ShopifyWire) {
    this.#wire = wire;
    this.#base = (wire.options.url ?? `https://${wire.options.shop}`).replace(/\/+$/, '');
    this.#token = new AccessToken('Shopify', () => this.#askForToken(), wire.nowMs);
  }

  async ask<Data>(query: string, variables: unknown, data: z.ZodType<Data>, signal: AbortSignal): Promise<Answer<Data>> {
    const { credentials } = this.#wire;
    const body = JSON.stringify({ query, variables });
    const askWith = (token: string) => this.#askWith(token, body, signal);
    const isShutOut = (one: Answer<unknown>) => one.kind === 'refused' && one.status === 401;
    const answer = await ('access_token' in credentials
      ? askWith(credentials.access_token)
      : this.#token.use(askWith, isShutOut, signal));
    if (answer.kind === 'refused') return { kind: 'unknown', detail: answer.detail };
    return typed(answer, data, 'Shopify');
  }

  async #askWith(token: string, body: string, signal: AbortSignal): Promise<Answer<unknown>> {
    const headers = { 'X-Shopify-Access-Token': token, 'Content-Type': 'application/json' };
    const answer = await this.#send(`/admin/api/${VERSION}/graphql.json`, headers, body, signal);
    return answer.kind === 'answered' ? dataIn(answer.body) : answer;
  }

  #askForToken(): Promise<Answer<unknown>> {
    const { credentials } = this.#wire;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...credentials });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.#send('/admin/oauth/access_token', headers, form.toString(), AbortSignal.timeout(SHOPIFY_TOKEN_MS_MAX));
  }

  async #send(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    const send = () => this.#wire.fetch(ourRequest(this.#base + path, { method: 'POST', headers, body }, signal));
    const exchange = await exchanged(send, signal, 'Shopify');
    if ('failure' in exchange) return { kind: 'unknown', detail: shortened(exchange.failure) };
    const { response, text } = exchange;
    const { status } = response;
    if (status === 429)
      return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), this.#wire.nowMs()) };
    if (status === 400 || status === 401 || status === 403)
      return { kind: 'refused', status, code: `http_${status}`, detail: `Shopify does not let us do this (${status}).` };
    if (status !== 200) return { kind: 'unknown', detail: `Shopify answered ${status}.` };
    const json = jsonIn(text);
    return json === undefined
      ? { kind: 'unknown', detail: 'Shopify answered with something that is not JSON.' }
      : { kind: 'answered', body: json };
  }
}

/** What was asked for, unless Shopify has anything to complain of: then all of it is in doubt. */
function dataIn(body: unknown): Answer<unknown> {
  const parsed = reply.safeParse(body);
  if (!parsed.success) return { kind: 'unknown', detail: 'Shopify answered something else than GraphQL.' };
  const { data, errors = [], extensions } = parsed.data;
  const [first] = errors;
  if (first === undefined) return { kind: 'answered', body: data };
  const code = first.extensions?.code ?? 'without a code';
  if (code !== 'THROTTLED') return { kind: 'unknown', detail: shortened(`Shopify: ${code}: ${first.message}`) };
  const cost = extensions?.cost;
  if (cost === undefined) return { kind: 'throttled', retryAfterMs: SHOPIFY_AGAIN_MS };
  // The points that are missing, at the pace at which they come back.
  const missing = cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable;
  const waitMs = Math.ceil((missing / cost.throttleStatus.restoreRate) * 1_000);
  return { kind: 'throttled', retryAfterMs: Math.max(waitMs, SHOPIFY_AGAIN_MS) };
}
