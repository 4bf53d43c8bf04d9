/**
 * Amazon's Selling Partner API as far as the adapter needs it, played without a network: Login with Amazon, patchListingsItem,
 * getListingsItem, searchListingsItems, and JSON_LISTINGS_FEED with its documents and report. Bodies are checked by the vendor's
 * published documents where they are at hand; paces and bursts are those of the usage plans in them. What is accepted is applied
 * later. What it knows beyond those documents is in docs/amazon.md with its source. It is narrower than the vendor.
 */
import { CallBucket } from '../call-bucket.ts';
import { json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { bad, errors, type Answer } from './stub-answer.ts';
import { AMAZON_DOCUMENTS, StubFeeds } from './stub-feeds.ts';
import { StubListings } from './stub-listings.ts';

export const AMAZON_CREDENTIALS = {
  client_id: 'amzn1.application-oa2-client.stub',
  client_secret: 'stub-client-secret-amazon',
  refresh_token: 'Atzr|stub-refresh-token',
} as const;

const TOKEN_SECONDS = 3_600;

export interface StubAmazonOptions {
  readonly clock: StubClock;
  /** How long it takes to apply what it accepted; null: until `settle`. */
  readonly applies?: { readonly patchMs: number; readonly feedMs: number } | null;
}

export class StubAmazon {
  readonly listings = new StubListings();
  readonly feeds: StubFeeds;
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls that came faster than their usage plan allows. */
  violations = 0;
  tokensGiven = 0;
  /** It gives tokens, and takes none. */
  shutsOut = false;
  readonly calls: string[] = [];
  readonly #clock: StubClock;
  readonly #applies: NonNullable<StubAmazonOptions['applies']> | null;
  readonly #tokens = new Map<string, number>();
  #pending: { readonly dueMs: number; readonly apply: () => void }[] = [];
  readonly #plans: Partial<Record<Operation, readonly CallBucket[]>> = {
    patch: [new CallBucket(5, 5)],
    item: [new CallBucket(5, 10)],
    search: [new CallBucket(5, 5)],
    createDocument: [new CallBucket(0.5, 15)],
    // The operation's own, and five feeds of this type in five minutes.
    createFeed: [new CallBucket(0.0083, 15), new CallBucket(1 / 60, 5)],
    feed: [new CallBucket(2, 15)],
    document: [new CallBucket(0.0222, 10)],
  };

  constructor({ clock, applies = null }: StubAmazonOptions) {
    this.#clock = clock;
    this.#applies = applies;
    this.feeds = new StubFeeds(clock, this.listings);
  }

  addItem(sku: string): void {
    this.listings.items.set(sku, { quantity: 0, leadDays: 3 });
  }

  /** Whatever was accepted is applied, as if a while had passed. */
  settle(): void {
    this.#applyUntil(Infinity);
  }

  /** Tokens given so far are worth nothing from now on. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  fetch = async (request: Request): Promise<Response> => {
    if (this.#applies !== null) this.#applyUntil(this.#clock.nowMs);
    const operation = operationOf(request);
    this.calls.push(operation);
    const full = errors('QuotaExceeded', 'You exceeded your quota for the requested resource.');
    return passing(this.faults, {
      request,
      sets: operation === 'patch' || operation === 'createFeed',
      allowed: () => this.#allows(operation),
      serve: async () => this.#serve(operation, request),
      throttle: () => json(429, full, paceOf(operation)),
    });
  };

  async #serve(operation: Operation, request: Request): Promise<Response> {
    if (operation === 'token') return this.#giveToken(request);
    if (operation === 'carry') return this.feeds.carry(request);
    const token = request.headers.get('x-amz-access-token');
    if (!this.#letsIn(token)) return json(403, errors('Unauthorized', `Access to requested resource is denied: ${token}`));
    const text = await request.text();
    const { status, body } = this.#answer(operation, new URL(request.url), text === '' ? undefined : JSON.parse(text));
    return json(status, body, paceOf(operation));
  }

  #answer(operation: Exclude<Operation, 'token' | 'carry'>, url: URL, body: unknown): Answer {
    switch (operation) {
      case 'patch':
        return this.listings.patch(url, body, (apply) => this.#later(this.#applies?.patchMs ?? 0, apply));
      case 'item':
        return this.listings.tell(url);
      case 'search':
        return this.listings.search(url);
      case 'createDocument':
        return this.feeds.createDocument(body);
      case 'createFeed':
        return this.feeds.create(body, (apply) => this.#later(this.#applies?.feedMs ?? 0, apply));
      case 'feed':
        return this.feeds.tell(url);
      case 'document':
        return this.feeds.tellDocument(url);
      case 'unknown':
        return bad(`no such operation: ${url.pathname}`, 404);
    }
  }

  async #giveToken(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const isForm = request.headers.get('Content-Type') === 'application/x-www-form-urlencoded';
    const isRight = Object.entries(AMAZON_CREDENTIALS).every(([name, value]) => form.get(name) === value);
    if (!isForm || form.get('grant_type') !== 'refresh_token' || !isRight || this.faults.lockedOut)
      return json(400, { error: 'invalid_grant', error_description: `no such grant: ${form.get('refresh_token')}` });
    this.tokensGiven += 1;
    const access_token = `Atza|stub-access-token-${this.tokensGiven}`;
    this.#tokens.set(access_token, this.#clock.nowMs + TOKEN_SECONDS * 1_000);
    const { refresh_token } = AMAZON_CREDENTIALS;
    return json(200, { access_token, refresh_token, token_type: 'bearer', expires_in: TOKEN_SECONDS });
  }

  #letsIn(token: string | null): boolean {
    if (this.faults.lockedOut || this.shutsOut || token === null) return false;
    return (this.#tokens.get(token) ?? 0) > this.#clock.nowMs;
  }

  #allows(operation: Operation): boolean {
    const plans = this.#plans[operation] ?? [];
    const isAllowed = plans.filter((plan) => plan.takes(this.#clock.nowMs)).length === plans.length;
    if (!isAllowed) this.violations += 1;
    return isAllowed;
  }

  #later(afterMs: number, apply: () => void): void {
    this.#pending.push({ dueMs: this.#clock.nowMs + afterMs, apply });
  }

  #applyUntil(atMs: number): void {
    const due = this.#pending.filter(({ dueMs }) => dueMs <= atMs);
    this.#pending = this.#pending.filter(({ dueMs }) => dueMs > atMs);
    for (const { apply } of due.toSorted((a, b) => a.dueMs - b.dueMs)) apply();
  }
}

type Operation =
  'token' | 'carry' | 'patch' | 'item' | 'search' | 'createDocument' | 'createFeed' | 'feed' | 'document' | 'unknown';

function operationOf({ method, url }: Request): Operation {
  const { origin, pathname } = new URL(url);
  if (origin === 'https://api.amazon.com' && pathname === '/auth/o2/token') return 'token';
  if (origin === AMAZON_DOCUMENTS) return 'carry';
  if (origin !== 'https://amazon.test') return 'unknown';
  if (/^\/listings\/2021-08-01\/items\/[^/]+\/[^/]+$/.test(pathname)) return method === 'PATCH' ? 'patch' : 'item';
  if (/^\/listings\/2021-08-01\/items\/[^/]+$/.test(pathname)) return 'search';
  if (pathname.startsWith('/feeds/2021-06-30/documents')) return method === 'POST' ? 'createDocument' : 'document';
  if (pathname.startsWith('/feeds/2021-06-30/feeds')) return method === 'POST' ? 'createFeed' : 'feed';
  return 'unknown';
}

function paceOf(operation: Operation): Readonly<Record<string, string>> {
  const paces: Partial<Record<Operation, string>> = {
    patch: '5.0',
    item: '5.0',
    search: '5.0',
    feed: '2.0',
    createFeed: '0.0083',
  };
  const pace = paces[operation];
  return pace === undefined ? {} : { 'x-amzn-RateLimit-Limit': pace };
}
