/**
 * Amazon's Selling Partner API as far as the adapter needs it, played without a network: Login with Amazon, patchListingsItem,
 * getListingsItem, searchListingsItems, and JSON_LISTINGS_FEED with its documents and report. Bodies are checked by the vendor's
 * published documents where they are at hand; paces and bursts are those of the usage plans in them. What is accepted is applied
 * later. What it knows beyond those documents is in docs/amazon.md with its source. It is narrower than the vendor.
 */
import { gzipSync } from 'node:zlib';
import { CallBucket } from '../call-bucket.ts';
import { json, NO_FAULTS, passing, type StubClock, type StubFaults } from '../vendor-stub.ts';
import { AMAZON_CHECKS } from './checks.ts';

export const AMAZON_CREDENTIALS = {
  client_id: 'amzn1.application-oa2-client.stub',
  client_secret: 'stub-client-secret-amazon',
  refresh_token: 'Atzr|stub-refresh-token',
} as const;
export const AMAZON_SELLER = { seller_id: 'A1STUBSELLER', marketplace_id: 'ATVPDKIKX0DER' } as const;

const HOST = 'https://amazon.test';
const UPLOADS = 'https://amazon-documents.test';
const TOKEN_SECONDS = 3_600;
const FEED_BYTES_MAX = 10_485_760;

export interface StubAmazonOptions {
  readonly clock: StubClock;
  /** How long it takes to apply what it accepted; null: until `settle`. */
  readonly applies?: { readonly patchMs: number; readonly feedMs: number } | null;
}

interface StubItem {
  quantity: number | null;
  /** Kept by a merge, lost by anything else. */
  leadDays: number;
}

interface Pending {
  readonly dueMs: number;
  readonly apply: () => void;
}

interface StubFeed {
  readonly text: string;
  status: 'IN_QUEUE' | 'DONE' | 'FATAL';
  reportId: string | null;
}

type Answer = { readonly status: number; readonly body: unknown };

export class StubAmazon {
  readonly items = new Map<string, StubItem>();
  readonly refused = new Set<string>();
  readonly faults: StubFaults = { ...NO_FAULTS };
  /** Calls that came faster than their usage plan allows. */
  violations = 0;
  tokensGiven = 0;
  /** It gives tokens, and takes none. */
  shutsOut = false;
  calls: string[] = [];
  /** Every quantity that took effect, in order. */
  readonly history: { readonly sku: string; readonly quantity: number }[] = [];
  /** The next feed comes to nothing as a whole. */
  feedFails = false;
  readonly feeds = new Map<string, StubFeed>();
  readonly #clock: StubClock;
  readonly #applies: NonNullable<StubAmazonOptions['applies']> | null;
  readonly #documents = new Map<string, string>();
  readonly #reports = new Map<string, unknown>();
  readonly #tokens = new Map<string, number>();
  #pending: Pending[] = [];
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
  }

  addItem(sku: string): void {
    this.items.set(sku, { quantity: 0, leadDays: 3 });
  }

  /** Whatever was accepted is applied, as if a while had passed. */
  settle(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { apply } of pending.toSorted((a, b) => a.dueMs - b.dueMs)) apply();
  }

  /** Tokens given so far are worth nothing from now on. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  fetch = async (request: Request): Promise<Response> => {
    this.#applyDue();
    const operation = operationOf(request);
    this.calls.push(operation);
    return passing(this.faults, {
      request,
      sets: operation === 'patch' || operation === 'createFeed',
      allowed: () => this.#allows(operation),
      serve: async () => this.#serve(operation, request),
      throttle: () =>
        json(429, errors('QuotaExceeded', 'You exceeded your quota for the requested resource.'), this.#pace(operation)),
    });
  };

  async #serve(operation: Operation, request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    if (operation === 'token') return this.#giveToken(request, text);
    if (operation === 'upload' || operation === 'download') return this.#carry(operation, request, url, text);
    const token = request.headers.get('x-amz-access-token');
    if (this.faults.lockedOut || this.shutsOut || token === null || (this.#tokens.get(token) ?? 0) <= this.#clock.nowMs)
      return json(403, errors('Unauthorized', `Access to requested resource is denied: ${token}`));
    const { status, body } = this.#answer(operation, url, text === '' ? undefined : JSON.parse(text));
    return json(status, body, this.#pace(operation));
  }

  #answer(operation: Operation, url: URL, body: unknown): Answer {
    switch (operation) {
      case 'patch':
        return this.#patch(url, body);
      case 'item':
        return this.#tellItem(url);
      case 'search':
        return this.#search(url);
      case 'createDocument':
        return this.#createDocument(body);
      case 'createFeed':
        return this.#createFeed(body);
      case 'feed':
        return this.#tellFeed(url);
      case 'document':
        return this.#tellDocument(url);
      case 'token':
      case 'upload':
      case 'download':
      case 'unknown':
        return bad(`no such operation: ${url.pathname}`, 404);
    }
  }

  #giveToken(request: Request, text: string): Response {
    const form = new URLSearchParams(text);
    const isForm = request.headers.get('Content-Type') === 'application/x-www-form-urlencoded';
    const isRight = Object.entries(AMAZON_CREDENTIALS).every(([name, value]) => form.get(name) === value);
    if (!isForm || form.get('grant_type') !== 'refresh_token' || !isRight || this.faults.lockedOut)
      return json(400, { error: 'invalid_grant', error_description: `no such grant: ${form.get('refresh_token')}` });
    this.tokensGiven += 1;
    const token = `Atza|stub-access-token-${this.tokensGiven}`;
    this.#tokens.set(token, this.#clock.nowMs + TOKEN_SECONDS * 1_000);
    return json(200, {
      access_token: token,
      refresh_token: AMAZON_CREDENTIALS.refresh_token,
      token_type: 'bearer',
      expires_in: TOKEN_SECONDS,
    });
  }

  /** Documents lie elsewhere, and whoever has the address is let in: a token there would be given away. */
  #carry(operation: 'upload' | 'download', request: Request, { pathname }: URL, text: string): Response {
    const id = pathname.slice(1);
    if (request.headers.has('x-amz-access-token')) return new Response('given away', { status: 400 });
    if (operation === 'download') {
      const report = this.#reports.get(id);
      return report === undefined ? new Response(null, { status: 404 }) : new Response(gzipSync(JSON.stringify(report)));
    }
    if (!this.#documents.has(id) || request.headers.get('Content-Type') !== 'application/json; charset=UTF-8')
      return new Response('SignatureDoesNotMatch', { status: 403 });
    this.#documents.set(id, text);
    return new Response(null);
  }

  #patch(url: URL, body: unknown): Answer {
    const sku = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const wrong = this.#wrongWith(url) ?? AMAZON_CHECKS.patch(body);
    if (wrong !== null) return bad(wrong);
    const { patches, productType } = body as Patching;
    const refusal = this.#refusalOf(sku, patches, productType);
    const submissionId = crypto.randomUUID();
    if (refusal !== null) {
      const issue = {
        ...refusal,
        severity: 'ERROR',
        categories: ['INVALID_ATTRIBUTE'],
        attributeNames: ['fulfillment_availability'],
      };
      return checked(AMAZON_CHECKS.submission, { sku, status: 'INVALID', submissionId, issues: [issue] });
    }
    this.#later(this.#applies?.patchMs ?? 0, () => this.#apply(sku, patches));
    return checked(AMAZON_CHECKS.submission, { sku, status: 'ACCEPTED', submissionId, issues: [] });
  }

  #refusalOf(
    sku: string,
    patches: Patching['patches'],
    productType: string,
  ): { readonly code: string; readonly message: string } | null {
    if (!this.items.has(sku)) return { code: '13013', message: 'This SKU does not exist in the Amazon catalog.' };
    if (this.refused.has(sku)) return { code: '8541', message: 'This SKU is blocked.' };
    if (productType !== 'PRODUCT') return { code: '90004', message: 'No such product type.' };
    const fits = patches.every(
      ({ path, value }) =>
        path === '/attributes/fulfillment_availability' &&
        value.every(
          ({ fulfillment_channel_code: code, quantity }) => code === 'DEFAULT' && Number.isInteger(quantity) && quantity >= 0,
        ),
    );
    return fits ? null : { code: '99022', message: 'The attribute is invalid.' };
  }

  #apply(sku: string, patches: Patching['patches']): void {
    const item = this.items.get(sku);
    if (item === undefined) return;
    for (const { op, value } of patches) {
      item.quantity = value[0]?.quantity ?? null;
      if (op !== 'merge') item.leadDays = 0;
      if (item.quantity !== null) this.history.push({ sku, quantity: item.quantity });
    }
  }

  #tellItem(url: URL): Answer {
    const wrong = this.#wrongWith(url);
    if (wrong !== null) return bad(wrong);
    const sku = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const told = this.#itemAs(sku);
    return told === null ? bad(`SKU '${sku}' not found in marketplace`, 404, 'NOT_FOUND') : checked(AMAZON_CHECKS.item, told);
  }

  #search(url: URL): Answer {
    const skus = (url.searchParams.get('identifiers') ?? '').split(',');
    const isKnown = url.searchParams.get('identifiersType') === 'SKU' && skus.length <= 20;
    const wrong = this.#wrongWith(url) ?? (isKnown ? null : 'identifiers');
    if (wrong !== null) return bad(wrong);
    const items = skus.flatMap((sku) => this.#itemAs(sku) ?? []);
    return checked(AMAZON_CHECKS.search, {
      numberOfResults: items.length,
      items: items.slice(0, Number(url.searchParams.get('pageSize') ?? 10)),
    });
  }

  #itemAs(sku: string) {
    const item = this.items.get(sku);
    if (item === undefined) return null;
    return {
      sku,
      fulfillmentAvailability: [
        { fulfillmentChannelCode: 'DEFAULT', ...(item.quantity !== null && { quantity: item.quantity }) },
      ],
    };
  }

  #createDocument(body: unknown): Answer {
    const wrong = AMAZON_CHECKS.documentSpecification(body);
    if (wrong !== null) return bad(wrong);
    const feedDocumentId = `amzn1.tortuga.4.na.${this.#documents.size + 1}`;
    this.#documents.set(feedDocumentId, '');
    return checked(
      AMAZON_CHECKS.document,
      { feedDocumentId, url: `${UPLOADS}/${feedDocumentId}?X-Amz-Signature=stub-signature` },
      201,
    );
  }

  #createFeed(body: unknown): Answer {
    const wrong = AMAZON_CHECKS.feedSpecification(body);
    if (wrong !== null) return bad(wrong);
    const { feedType, inputFeedDocumentId, marketplaceIds } = body as Record<string, string>;
    const text = this.#documents.get(inputFeedDocumentId ?? '') ?? '';
    if (feedType !== 'JSON_LISTINGS_FEED' || marketplaceIds?.[0] !== AMAZON_SELLER.marketplace_id || text === '')
      return bad('the feed cannot be created');
    const feedId = String(50_000 + this.feeds.size);
    const feed: StubFeed = { text, status: 'IN_QUEUE', reportId: null };
    this.feeds.set(feedId, feed);
    const fails = this.feedFails;
    this.feedFails = false;
    this.#later(this.#applies?.feedMs ?? 0, () => this.#process(feedId, feed, fails));
    return { status: 202, body: { feedId } };
  }

  #process(feedId: string, feed: StubFeed, fails: boolean): void {
    const file: unknown = JSON.parse(feed.text);
    const wrong = AMAZON_CHECKS.feedFile(file);
    if (wrong !== null || feed.text.length > FEED_BYTES_MAX || fails) {
      feed.status = 'FATAL';
      return;
    }
    const { header, messages } = file as FeedFile;
    const issues = messages.flatMap(({ messageId, sku, patches, productType }) => {
      const refusal = this.#refusalOf(sku, patches, productType);
      if (refusal === null) this.#apply(sku, patches);
      return refusal === null ? [] : [{ messageId, sku, severity: 'ERROR', ...refusal }];
    });
    const [messagesProcessed, messagesInvalid] = [messages.length, issues.length];
    const summary = {
      errors: messagesInvalid,
      warnings: 0,
      messagesProcessed,
      messagesAccepted: messagesProcessed - messagesInvalid,
      messagesInvalid,
    };
    const report = { header: { sellerId: header.sellerId, version: '2.0', feedId }, issues, summary };
    const broken = AMAZON_CHECKS.report(report);
    if (broken !== null) throw new Error(`the stub's own report: ${broken}`);
    feed.reportId = `report-${feedId}`;
    this.#reports.set(feed.reportId, report);
    feed.status = 'DONE';
  }

  #tellFeed(url: URL): Answer {
    const feedId = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const feed = this.feeds.get(feedId);
    if (feed === undefined) return bad('no such feed', 404, 'NotFound');
    const { status: processingStatus, reportId } = feed;
    const createdTime = new Date(this.#clock.nowMs).toISOString();
    const result = reportId === null ? {} : { resultFeedDocumentId: reportId };
    return checked(AMAZON_CHECKS.feed, { feedId, feedType: 'JSON_LISTINGS_FEED', createdTime, processingStatus, ...result });
  }

  #tellDocument(url: URL): Answer {
    const feedDocumentId = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    if (!this.#reports.has(feedDocumentId)) return bad('no such document', 404, 'NotFound');
    const address = `${UPLOADS}/${feedDocumentId}?X-Amz-Signature=stub-signature`;
    return checked(AMAZON_CHECKS.feedDocument, { feedDocumentId, url: address, compressionAlgorithm: 'GZIP' });
  }

  #wrongWith({ pathname, searchParams }: URL): string | null {
    if (!pathname.startsWith(`/listings/2021-08-01/items/${AMAZON_SELLER.seller_id}`)) return 'no such seller';
    return searchParams.get('marketplaceIds') === AMAZON_SELLER.marketplace_id ? null : 'marketplaceIds';
  }

  #allows(operation: Operation): boolean {
    const plans = this.#plans[operation] ?? [];
    const isAllowed = plans.filter((plan) => plan.takes(this.#clock.nowMs)).length === plans.length;
    if (!isAllowed) this.violations += 1;
    return isAllowed;
  }

  #pace(operation: Operation): Readonly<Record<string, string>> {
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

  #later(afterMs: number, apply: () => void): void {
    this.#pending.push({ dueMs: this.#clock.nowMs + afterMs, apply });
  }

  #applyDue(): void {
    if (this.#applies === null) return;
    const due = this.#pending.filter(({ dueMs }) => dueMs <= this.#clock.nowMs);
    this.#pending = this.#pending.filter(({ dueMs }) => dueMs > this.#clock.nowMs);
    for (const { apply } of due.toSorted((a, b) => a.dueMs - b.dueMs)) apply();
  }
}

interface Patching {
  readonly productType: string;
  readonly patches: readonly {
    readonly op: string;
    readonly path: string;
    readonly value: readonly { readonly fulfillment_channel_code: string; readonly quantity: number }[];
  }[];
}

interface FeedFile {
  readonly header: { readonly sellerId: string };
  readonly messages: readonly ({ readonly messageId: number; readonly sku: string } & Patching)[];
}

type Operation =
  | 'token'
  | 'upload'
  | 'download'
  | 'patch'
  | 'item'
  | 'search'
  | 'createDocument'
  | 'createFeed'
  | 'feed'
  | 'document'
  | 'unknown';

function operationOf({ method, url }: Request): Operation {
  const { origin, pathname } = new URL(url);
  if (origin === 'https://api.amazon.com' && pathname === '/auth/o2/token') return 'token';
  if (origin === UPLOADS) return method === 'PUT' ? 'upload' : 'download';
  if (origin !== HOST) return 'unknown';
  if (/^\/listings\/2021-08-01\/items\/[^/]+\/[^/]+$/.test(pathname)) return method === 'PATCH' ? 'patch' : 'item';
  if (/^\/listings\/2021-08-01\/items\/[^/]+$/.test(pathname)) return 'search';
  if (pathname.startsWith('/feeds/2021-06-30/documents')) return method === 'POST' ? 'createDocument' : 'document';
  if (pathname.startsWith('/feeds/2021-06-30/feeds')) return method === 'POST' ? 'createFeed' : 'feed';
  return 'unknown';
}

function checked(check: (value: unknown) => string | null, body: unknown, status = 200): Answer {
  const wrong = check(body);
  if (wrong !== null) throw new Error(`the stub's own answer: ${wrong}`);
  return { status, body };
}

function bad(message: string, status = 400, code = 'InvalidInput'): Answer {
  return { status, body: errors(code, message) };
}

function errors(code: string, message: string) {
  return { errors: [{ code, message, details: '' }] };
}
