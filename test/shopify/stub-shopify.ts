/**
 * A shop of Shopify's, played for the adapter's tests without a network: it checks every document and its variables against the
 * vendor's published schema of 2026-07 (`graphql`), keeps the bucket of points, compares before it sets, remembers keys, sets
 * all quantities of a call or none. What it knows beyond the schema is in docs/shopify.md with its source. It is narrower than
 * the vendor: passing here is necessary, not sufficient.
 */
import {
  execute,
  getDirectiveValues,
  GraphQLError,
  parse,
  validate,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { costOf } from './query-cost.ts';
import { shopifySchema } from './shopify-schema.ts';

export const SHOPIFY_CREDENTIALS = { client_id: 'stub-client-id', client_secret: 'stub-client-secret-shopify' } as const;
export const SHOPIFY_TOKEN = 'stub-static-token-shopify';

const TOKEN_SECONDS = 86_399;
const QUERY_COST_MAX = 1_000;
const QUANTITIES_MAX = 250;

export interface StubShopifyOptions {
  readonly clock: StubClock;
  /** Points per second that come back, of twenty times as many. */
  readonly restoreRate?: number;
}

interface SetInput {
  readonly name: string;
  readonly reason: string;
  readonly referenceDocumentUri: string | null;
  readonly quantities: readonly {
    readonly inventoryItemId: string;
    readonly locationId: string;
    readonly quantity: number;
    readonly changeFromQuantity?: number | null;
  }[];
}

interface UserError {
  readonly code: string | null;
  readonly field: readonly string[] | null;
  readonly message: string;
}

export class StubShopify {
  readonly locations: readonly string[];
  /** By the item's number: what is available, by the place's number. */
  readonly items = new Map<string, Map<string, number>>();
  readonly bundles = new Set<string>();
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls that came when the bucket had too few points for them. */
  violations = 0;
  calls = 0;
  tokensGiven = 0;
  /** It gives tokens, and takes none. */
  shutsOut = false;
  /** Complaints do not say which quantity they are about. */
  namesNobody = false;
  /** What was written to the history, in order. */
  readonly history: { readonly item: string; readonly location: string; readonly quantity: number }[] = [];
  readonly #clock: StubClock;
  readonly #schema: GraphQLSchema = shopifySchema();
  readonly #restoreRate: number;
  readonly #keys = new Map<string, { readonly content: string; readonly failed: boolean }>();
  readonly #tokens = new Map<string, number>();
  #points: number;
  #pointsAtMs: number;

  constructor({ clock, restoreRate = 100 }: StubShopifyOptions, locations = ['655441491', '9007199254740995']) {
    this.#clock = clock;
    this.#restoreRate = restoreRate;
    this.#points = restoreRate * 20;
    this.#pointsAtMs = clock.nowMs;
    this.locations = locations;
  }

  /** Somebody puts an item up for sale, stocked everywhere. */
  addItem(item: string, locations: readonly string[] = this.locations): void {
    this.items.set(item, new Map(locations.map((location) => [location, 0])));
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
    const mistakes = validate(this.#schema, document);
    if (mistakes.length > 0) return json(200, { errors: mistakes.map(told) });
    const result = await execute({
      schema: this.#schema,
      document,
      variableValues: variables,
      rootValue: this.#root(),
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

  #root() {
    return {
      nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => this.#item(id)),
      inventoryItem: ({ id }: { readonly id: string }) => this.#item(id),
      inventorySetQuantities: ({ input }: { readonly input: SetInput }, _: unknown, info: GraphQLResolveInfo) =>
        this.#setQuantities(input, this.#keyIn(info)),
    };
  }

  #item(id: string) {
    const [, kind, number = ''] = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(id) ?? [];
    if (kind === undefined)
      throw new GraphQLError(`Invalid global id '${id}'`, { extensions: { code: 'argumentLiteralsIncompatible' } });
    const levels = kind === 'InventoryItem' ? this.items.get(number) : undefined;
    if (levels === undefined) return null;
    const levelAt = (location: string) => ({
      __typename: 'InventoryLevel',
      id: `gid://shopify/InventoryLevel/${location}?inventory_item_id=${number}`,
      location: { __typename: 'Location', id: `gid://shopify/Location/${location}` },
      quantities: ({ names }: { readonly names: readonly string[] }) =>
        names.map((name) => ({ name, quantity: name === 'available' ? (levels.get(location) ?? 0) : 0 })),
    });
    return {
      __typename: 'InventoryItem',
      id,
      inventoryLevel: ({ locationId }: { readonly locationId: string }) => {
        const location = numberOf(locationId);
        return levels.has(location) ? levelAt(location) : null;
      },
      inventoryLevels: ({ first, after }: { readonly first?: number; readonly after?: string | null }) => {
        const all = [...levels.keys()];
        const from = after === undefined || after === null ? 0 : all.indexOf(after) + 1;
        const page = all.slice(from, from + (first ?? 0));
        return {
          nodes: page.map(levelAt),
          pageInfo: { hasNextPage: from + page.length < all.length, endCursor: page.at(-1) ?? null },
        };
      },
    };
  }

  #keyIn({ schema, fieldNodes: [node], variableValues }: GraphQLResolveInfo): string | undefined {
    const directive = schema.getDirective('idempotent');
    if (directive === undefined || directive === null || node === undefined) return undefined;
    const key = getDirectiveValues(directive, node, variableValues)?.['key'];
    return typeof key === 'string' ? key : undefined;
  }

  #setQuantities(input: SetInput, key: string | undefined): { readonly userErrors: readonly UserError[] } {
    // Required from 2026-04 on.
    if (key === undefined || key === '')
      throw new GraphQLError('The @idempotent directive is required', { extensions: { code: 'BAD_REQUEST' } });
    if (input.quantities.length > QUANTITIES_MAX)
      throw new GraphQLError('The input array size is greater than the maximum allowed of 250', {
        extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' },
      });
    const content = JSON.stringify(input);
    const known = this.#keys.get(key);
    if (known !== undefined && known.content !== content) return whole('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
    if (known?.failed === true) return whole('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
    if (known !== undefined) return { userErrors: [] };
    const complaints = this.#errorsOf(input);
    const userErrors = this.namesNobody ? complaints.slice(0, 1).map((one) => ({ ...one, field: null })) : complaints;
    this.#keys.set(key, { content, failed: userErrors.length > 0 });
    if (userErrors.length === 0) this.#apply(input);
    return { userErrors };
  }

  #apply({ quantities }: SetInput): void {
    for (const { inventoryItemId, locationId, quantity } of quantities) {
      const [item, location] = [numberOf(inventoryItemId), numberOf(locationId)];
      this.items.get(item)?.set(location, quantity);
      this.history.push({ item, location, quantity });
    }
  }

  #errorsOf({ name, reason, referenceDocumentUri, quantities }: SetInput): readonly UserError[] {
    if (name !== 'available' && name !== 'on_hand') return whole('INVALID_NAME').userErrors;
    if (!['correction', 'other'].includes(reason)) return whole('INVALID_REASON').userErrors;
    if (referenceDocumentUri !== null && !/^gid:\/\/[\w-]+\/\w+\/\S+$/.test(referenceDocumentUri))
      return whole('INVALID_REFERENCE_DOCUMENT').userErrors;
    const seen = new Set<string>();
    return quantities.flatMap((one, index) => {
      const place = `${one.inventoryItemId} ${one.locationId}`;
      const [code, part] = seen.has(place)
        ? (['NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', ''] as const)
        : this.#mistakeIn(one);
      seen.add(place);
      if (code === null) return [];
      const field = ['input', 'quantities', String(index), ...(part === '' ? [] : [part])];
      return [{ code, field, message: `${code} in words` }];
    });
  }

  #mistakeIn(one: SetInput['quantities'][number]): readonly [string | null, string] {
    const { inventoryItemId, locationId, quantity, changeFromQuantity } = one;
    const item = numberOf(inventoryItemId);
    const levels = this.items.get(item);
    if (changeFromQuantity === undefined)
      throw new GraphQLError('changeFromQuantity must be given', { extensions: { code: 'BAD_REQUEST' } });
    if (levels === undefined) return ['INVALID_INVENTORY_ITEM', 'inventoryItemId'];
    if (!this.locations.includes(numberOf(locationId))) return ['INVALID_LOCATION', 'locationId'];
    const now = levels.get(numberOf(locationId));
    if (now === undefined) return ['ITEM_NOT_STOCKED_AT_LOCATION', 'locationId'];
    if (this.bundles.has(item)) return ['NON_MUTABLE_INVENTORY_ITEM', ''];
    if (quantity > 1_000_000_000) return ['INVALID_QUANTITY_TOO_HIGH', 'quantity'];
    if (quantity < 0) return ['INVALID_QUANTITY_NEGATIVE', 'quantity'];
    if (changeFromQuantity !== null && changeFromQuantity !== now) return ['CHANGE_FROM_QUANTITY_STALE', 'changeFromQuantity'];
    return [null, ''];
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

function whole(code: string): { readonly userErrors: readonly UserError[] } {
  return { userErrors: [{ code, field: null, message: `${code} in words` }] };
}

function told({ message, extensions, path: at }: GraphQLError) {
  return { message, extensions, ...(at === undefined ? {} : { path: at }) };
}

function numberOf(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
