/**
 * A shop of Shopify's, played for the adapter's tests without a network: it checks every document and its variables against the
 * vendor's published schema of 2026-07 (`graphql`), keeps the bucket of points, compares before it sets, remembers keys, sets
 * all quantities of a call or none. What it knows beyond the schema is in docs/shopify.md with its source. It is narrower than
 * the vendor: passing here is necessary, not sufficient.
 */
import { execute, parse, validate, type GraphQLError, type GraphQLFieldResolver } from 'graphql';
import { json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { costOf } from './query-cost.ts';
import { SHOPIFY_SCHEMA } from './shopify-schema.ts';
import { StubShop } from './stub-shop.ts';

export const SHOPIFY_CREDENTIALS = { client_id: 'stub-client-id', client_secret: 'stub-client-secret-shopify' } as const;
export const SHOPIFY_TOKEN = 'stub-static-token-shopify';

const TOKEN_SECONDS = 86_399;
const QUERY_COST_MAX = 1_000;

export interface StubShopifyOptions {
  readonly clock: StubClock;
  /** Points per second that come back, of twenty times as many. */
  readonly restoreRate?: number;
}

export class StubShopify {
  readonly shop: StubShop;
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls that came when the bucket had too few points for them. */
  violations = 0;
  calls = 0;
  tokensGiven = 0;
  /** It gives tokens, and takes none. */
  shutsOut = false;
  readonly #clock: StubClock;
  readonly #restoreRate: number;
  readonly #tokens = new Map<string, number>();
  #points: number;
  #pointsAtMs: number;

  constructor({ clock, restoreRate = 100 }: StubShopifyOptions, locations = ['655441491', '9007199254740995']) {
    this.#clock = clock;
    this.#restoreRate = restoreRate;
    this.#points = restoreRate * 20;
    this.#pointsAtMs = clock.nowMs;
    this.shop = new StubShop(locations);
  }

  /** Somebody puts an item up for sale, stocked everywhere. */
  addItem(item: string, locations: readonly string[] = this.shop.locations): void {
    this.shop.items.set(item, new Map(locations.map((location) => [location, 0])));
  }

  fetch = async (request: Request): Promise<Response> => {
    this.calls += 1;
    const body = await request.clone().text();
    const cost = request.url.endsWith('/graphql.json') ? this.#costOf(body) : 0;
    return passing(this.faults, {
      request,
      sets: body.includes('inventorySetQuantities'),
      allowed: () => this.#affords(cost),
      serve: () => this.#serve(request, body, cost),
      throttle: (retryAfterMs) =>
        cost === 0
          ? json(429, {}, { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) })
          : this.#throttled(cost, retryAfterMs),
    });
  };

  async #serve(request: Request, body: string, cost: number): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/admin/oauth/access_token') return this.#giveToken(request, body);
    if (pathname !== '/admin/api/2026-07/graphql.json') return new Response('Not Found', { status: 404 });
    if (!this.#letsIn(request.headers.get('X-Shopify-Access-Token')))
      return json(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' });
    this.#points -= cost;
    const { query, variables } = JSON.parse(body) as { readonly query: string; readonly variables: Record<string, unknown> };
    const document = parse(query);
    const mistakes = validate(SHOPIFY_SCHEMA, document);
    if (mistakes.length > 0) return json(200, { errors: mistakes.map(told) });
    const result = await execute({
      schema: SHOPIFY_SCHEMA,
      document,
      variableValues: variables,
      rootValue: this.shop.root(),
      typeResolver: (value) => (value as { readonly __typename: string }).__typename,
      fieldResolver: resolveField,
    });
    const errors = result.errors === undefined ? {} : { errors: result.errors.map(told) };
    return json(200, { ...(result.data === undefined ? {} : { data: result.data }), ...errors, extensions: this.#costs(cost) });
  }

  async #giveToken(request: Request, body: string): Promise<Response> {
    const form = new URLSearchParams(body);
    const { client_id, client_secret } = SHOPIFY_CREDENTIALS;
    const isForm = request.headers.get('Content-Type') === 'application/x-www-form-urlencoded';
    const isRight = form.get('client_id') === client_id && form.get('client_secret') === client_secret;
    if (!isForm || form.get('grant_type') !== 'client_credentials' || !isRight || this.faults.lockedOut)
      return json(400, { error: 'invalid_client', error_description: 'Client authentication failed' });
    this.tokensGiven += 1;
    const token = `stub-token-shopify-${this.tokensGiven}`;
    this.#tokens.set(token, this.#clock.nowMs + TOKEN_SECONDS * 1_000);
    return json(200, { access_token: token, scope: 'read_inventory,write_inventory,read_locations', expires_in: TOKEN_SECONDS });
  }

  /** Tokens given so far are worth nothing from now on. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  #letsIn(token: string | null): boolean {
    if (this.faults.lockedOut || this.shutsOut || token === null) return false;
    return token === SHOPIFY_TOKEN || (this.#tokens.get(token) ?? 0) > this.#clock.nowMs;
  }

  #costOf(body: string): number {
    const { query, variables } = JSON.parse(body) as { readonly query: string; readonly variables: Record<string, unknown> };
    return costOf(parse(query), variables);
  }

  #affords(cost: number): boolean {
    const { nowMs } = this.#clock;
    this.#points = Math.min(this.#restoreRate * 20, this.#points + ((nowMs - this.#pointsAtMs) / 1_000) * this.#restoreRate);
    this.#pointsAtMs = nowMs;
    if (cost <= this.#points && cost <= QUERY_COST_MAX) return true;
    this.violations += 1;
    return false;
  }

  /** As if so many points were missing that they take so long to come back. */
  #throttled(cost: number, retryAfterMs: number): Response {
    const currentlyAvailable = cost - (retryAfterMs / 1_000) * this.#restoreRate;
    const error = {
      message: 'Throttled',
      extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
    };
    return json(200, { errors: [error], extensions: this.#costs(cost, currentlyAvailable) });
  }

  #costs(requestedQueryCost: number, currentlyAvailable = this.#points) {
    const throttleStatus = { maximumAvailable: this.#restoreRate * 20, currentlyAvailable, restoreRate: this.#restoreRate };
    return { cost: { requestedQueryCost, actualQueryCost: requestedQueryCost, throttleStatus } };
  }
}

const resolveField: GraphQLFieldResolver<unknown, unknown> = (source, given, context, info) => {
  const value: unknown = (source as Record<string, unknown>)[info.fieldName];
  return typeof value === 'function' ? value.call(source, given, context, info) : value;
};

function told({ message, extensions, path: at }: GraphQLError) {
  return { message, extensions, ...(at === undefined ? {} : { path: at }) };
}
