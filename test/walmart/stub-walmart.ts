/**
 * Plays Walmart Marketplace for the adapter's tests: tokens, the inventory of one item at one or several ship nodes, feeds of
 * inventory with their states. It was written from Walmart's published documents of the marketplace (inventory, feeds,
 * authentication) and its public pages on feeds, errors and rate limiting. What it is sent and what it says is checked by
 * those documents where they are at hand.
 *
 * It is narrower than Walmart: passing against it is necessary, not sufficient. Feeds are applied when their time has come,
 * in the order in which they were taken, whatever was set meanwhile.
 */
import { CallWindow, json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { wrongIn } from './checks.ts';
import { applyFeed, feedStateBody, type StubFeed } from './stub-feeds.ts';

export const WALMART_CREDENTIALS = { client_id: 'stub-client-0001', client_secret: 'stub-secret-walmart-0001' } as const;

const TOKEN_MS = 900_000;
const FEED_BYTES_MAX = 5_000_000;
const HOUR_MS = 3_600_000;

export interface StubWalmartOptions {
  readonly clock: StubClock;
  readonly nodes?: readonly string[];
  readonly itemsPerMinute?: number;
  readonly readsPerMinute?: number;
  readonly feedsPerHour?: number;
  /** How long a feed waits before it is applied; null: until `settle`. */
  readonly feedMs?: number | null;
}

export class StubWalmart {
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls beyond the limits and bodies that the vendor's schemas refuse; a test wants none. */
  readonly violations: string[] = [];
  /** By SKU and ship node: the input quantity. */
  readonly items = new Map<string, Map<string, number>>();
  /** Not to be changed. */
  readonly refused = new Set<string>();
  /** Their feed rows fail for a while. */
  readonly ailing = new Set<string>();
  readonly calls = { token: 0, item: 0, feed: 0, read: 0 };
  readonly nodes: readonly string[];
  readonly #clock: StubClock;
  readonly #feedMs: number | null;
  readonly #windows: Readonly<Record<'item' | 'read' | 'feed', CallWindow>>;
  readonly #feeds = new Map<string, StubFeed>();
  #tokens = new Map<string, number>();

  constructor({ clock, nodes = ['1000000001', '1000000002'], ...limits }: StubWalmartOptions) {
    const { itemsPerMinute = 60, readsPerMinute = 120, feedsPerHour = 10, feedMs = null } = limits;
    this.#clock = clock;
    this.nodes = nodes;
    this.#feedMs = feedMs;
    this.#windows = {
      item: new CallWindow(itemsPerMinute, 60_000),
      read: new CallWindow(readsPerMinute, 60_000),
      feed: new CallWindow(feedsPerHour, HOUR_MS),
    };
  }

  addItem(sku: string): void {
    this.items.set(sku, new Map(this.nodes.map((node) => [node, 0])));
  }

  /** Every token ends now, as one does that was taken back. */
  endTokens(): void {
    this.#tokens = new Map();
  }

  /** Applies what waits. */
  settle(): void {
    for (const feed of this.#feeds.values()) applyFeed(feed, this);
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    this.#applyDue();
    const url = new URL(request.url);
    const kind = kindOf(request.method, url.pathname);
    return passing(this.faults, {
      request,
      sets: kind === 'item' || kind === 'feed',
      allowed: () => this.#allows(kind),
      serve: () => this.#serve(kind, request, url),
      throttle: (retryAfterMs) =>
        json(429, errors('REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API', 'Too many requests.'), {
          'Retry-After': String(Math.ceil(retryAfterMs / 1_000)),
          'X-Current-Token-Count': '0',
        }),
    });
  };

  #applyDue(): void {
    if (this.#feedMs === null) return;
    for (const feed of this.#feeds.values()) if (feed.takenAtMs + this.#feedMs <= this.#clock.nowMs) applyFeed(feed, this);
  }

  #allows(kind: Kind): boolean {
    if (kind === 'none') return true;
    this.calls[kind === 'state' ? 'read' : kind] += 1;
    if (kind === 'token' || kind === 'state' || this.#windows[kind].takes(this.#clock.nowMs)) return true;
    this.violations.push(`too many calls: ${kind}`);
    return false;
  }

  async #serve(kind: Kind, request: Request, url: URL): Promise<Response> {
    for (const name of ['WM_QOS.CORRELATION_ID', 'WM_SVC.NAME'])
      if (!request.headers.has(name)) return json(400, errors('MISSING_REQUEST_HEADER', `${name} is missing.`));
    if (kind === 'token') return this.#giveToken(request);
    const token = request.headers.get('WM_SEC.ACCESS_TOKEN') ?? '';
    if (this.faults.lockedOut || (this.#tokens.get(token) ?? 0) <= this.#clock.nowMs)
      return json(401, errors('UNAUTHORIZED.GMP_GATEWAY_API', `Unauthorized token ${token}`));
    switch (kind) {
      case 'item':
        return this.#setItem(request, url);
      case 'feed':
        return this.#takeFeed(request, url);
      case 'state':
        return this.#tellState(url);
      case 'read':
        return this.#tellItem(url);
      case 'none':
        return json(404, errors('URI_NOT_FOUND', 'No such address.'));
    }
  }

  async #giveToken(request: Request): Promise<Response> {
    const { client_id, client_secret } = WALMART_CREDENTIALS;
    const known = request.headers.get('Authorization') === `Basic ${btoa(`${client_id}:${client_secret}`)}`;
    const asked = new URLSearchParams(await request.text()).get('grant_type') === 'client_credentials';
    if (this.faults.lockedOut || !known || !asked) return json(401, errors('UNAUTHORIZED.GMP_GATEWAY_API', 'Unauthorized'));
    const token = `stub-token-walmart-${this.calls.token}`;
    this.#tokens.set(token, this.#clock.nowMs + TOKEN_MS);
    return this.#told('token, answer', { access_token: token, token_type: 'Bearer', expires_in: TOKEN_MS / 1_000 });
  }

  async #setItem(request: Request, url: URL): Promise<Response> {
    const body: unknown = await request.json();
    return url.pathname === '/v3/inventory' ? this.#setOne(body, url) : this.#setNodes(body, skuIn(url));
  }

  #setOne(body: unknown, url: URL): Response {
    const wrong = this.#wrong('PUT one', body);
    if (wrong !== null) return wrong;
    const { sku, quantity } = body as { sku: string; quantity: { amount: number } };
    if (sku !== url.searchParams.get('sku')) return json(400, errors('INVALID_REQUEST_PARAM', 'Two different items.'));
    const item = this.items.get(sku);
    if (item === undefined) return json(404, errors('CONTENT_NOT_FOUND.GMP_INVENTORY_API', 'No such item.'));
    if (this.refused.has(sku)) return json(400, errors('INVALID_REQUEST_CONTENT', 'This item cannot be changed.'));
    const node = url.searchParams.get('shipNode') ?? this.nodes[0] ?? '';
    if (!this.nodes.includes(node)) return json(400, errors('INVALID_REQUEST_PARAM', `No ship node ${node}.`));
    item.set(node, quantity.amount);
    return this.#told('PUT one, answer', { sku, quantity });
  }

  #setNodes(body: unknown, sku: string): Response {
    const wrong = this.#wrong('PUT nodes', body);
    if (wrong !== null) return wrong;
    const { nodes } = (body as { inventories: { nodes: readonly { shipNode: string; inputQty: { amount: number } }[] } })
      .inventories;
    const item = this.items.get(sku);
    if (item === undefined) return json(404, errors('CONTENT_NOT_FOUND.GMP_INVENTORY_API', 'No such item.'));
    const states = nodes.map(({ shipNode, inputQty }) => {
      const code = this.refused.has(sku) ? 'INVALID_REQUEST_CONTENT' : this.nodes.includes(shipNode) ? null : 'INVALID_SHIP_NODE';
      if (code !== null) return { shipNode, status: 'Failure', errors: [{ code, description: 'Not here.' }] };
      item.set(shipNode, inputQty.amount);
      return { shipNode, status: 'Success' };
    });
    return this.#told('PUT nodes, answer', { sku, nodes: states });
  }

  async #takeFeed(request: Request, url: URL): Promise<Response> {
    const file = (await request.formData()).get('file');
    if (file === null || typeof file === 'string') return json(400, errors('INVALID_REQUEST', 'No file.'));
    if (file.size > FEED_BYTES_MAX) {
      this.violations.push(`a feed of ${file.size} bytes`);
      return json(413, errors('PAYLOAD_TOO_LARGE', 'The file is too large.'));
    }
    const feedType = url.searchParams.get('feedType');
    if (feedType !== 'MP_INVENTORY' && feedType !== 'inventory')
      return json(400, errors('INVALID_REQUEST_PARAM', 'No such type.'));
    const body: unknown = JSON.parse(await file.text());
    const wrong = this.#wrong(feedType, body);
    if (wrong !== null) return wrong;
    const feedId = `F${String(this.#feeds.size + 1).padStart(31, '0')}@AU8BAQA`;
    this.#feeds.set(feedId, { feedId, feedType, body, takenAtMs: this.#clock.nowMs, states: null });
    return this.#told('POST feed, answer', { feedId });
  }

  #tellState(url: URL): Response {
    const feed = this.#feeds.get(decodeURIComponent(url.pathname.slice('/v3/feeds/'.length)));
    if (feed === undefined) return json(404, errors('CONTENT_NOT_FOUND.GMP_FEED_API', 'No such feed.'));
    const limit = Number(url.searchParams.get('limit') ?? 50);
    if (limit > 50) return json(400, errors('INVALID_REQUEST_PARAM', 'At most fifty.'));
    return this.#told('GET feed, answer', feedStateBody(feed, Number(url.searchParams.get('offset') ?? 0), limit));
  }

  #tellItem(url: URL): Response {
    const one = url.pathname === '/v3/inventory';
    const sku = one ? (url.searchParams.get('sku') ?? '') : skuIn(url);
    const item = this.items.get(sku);
    if (item === undefined) return json(404, errors('CONTENT_NOT_FOUND.GMP_INVENTORY_API', 'No such item.'));
    if (one) return this.#told('GET one, answer', { sku, quantity: each(item.get(this.nodes[0] ?? '') ?? 0) });
    const nodes = [...item].map(([shipNode, amount]) => ({
      shipNode,
      inputQty: each(amount),
      // One is ordered and not shipped yet, wherever there are any.
      availToSellQty: each(Math.max(0, amount - 1)),
      reservedQty: each(Math.min(1, amount)),
    }));
    return this.#told('GET nodes, answer', { sku, nodes });
  }

  #wrong(check: Parameters<typeof wrongIn>[0], body: unknown): Response | null {
    const wrong = wrongIn(check, body);
    if (wrong === null) return null;
    this.violations.push(`${check}: ${wrong}`);
    return json(400, errors('INVALID_REQUEST', wrong));
  }

  #told(check: Parameters<typeof wrongIn>[0], body: unknown): Response {
    const wrong = wrongIn(check, body);
    if (wrong !== null) throw new Error(`the stub says what Walmart would not: ${check}: ${wrong}`);
    return json(200, body);
  }
}

type Kind = 'token' | 'item' | 'feed' | 'state' | 'read' | 'none';

function kindOf(method: string, path: string): Kind {
  if (method === 'POST' && path === '/v3/token') return 'token';
  if (method === 'POST' && path === '/v3/feeds') return 'feed';
  if (method === 'GET' && path.startsWith('/v3/feeds/')) return 'state';
  const ofItem = path === '/v3/inventory' || /^\/v3\/inventories\/[^/]+$/.test(path);
  if (ofItem && method === 'PUT') return 'item';
  return ofItem && method === 'GET' ? 'read' : 'none';
}

function skuIn(url: URL): string {
  return decodeURIComponent(url.pathname.slice('/v3/inventories/'.length));
}

function each(amount: number) {
  return { unit: 'EACH', amount };
}

function errors(code: string, description: string) {
  return { errors: [{ code, description, severity: 'ERROR', category: 'DATA', info: description }] };
}
