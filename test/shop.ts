import { createHash } from 'node:crypto';
import { drizzle } from 'drizzle-orm/d1';
import type { Hono } from 'hono';
import type { InboundMessage } from '../contracts/inbound-messages.ts';
import { sourceId } from '../contracts/names.ts';
import type { ReconciliationLineReply } from '../contracts/reconciliations.ts';
import { MemoryChannel } from '../channels/memory/memory-channel.ts';
import type { ChannelId, Sku } from '../domain/ids.ts';
import type { IssueAt } from '../domain/posting.ts';
import { MemoryErp } from '../erp/memory/memory-erp.ts';
import { apiWith, type SharedDeps } from '../worker/api.ts';
import type { AppEnv } from '../worker/app-env.ts';
import { createApp } from '../worker/app.ts';
import { MemoryCache } from '../worker/cache/memory-cache.ts';
import { channelPartsIn } from '../worker/channels/channel-parts.ts';
import { cachedDirectories } from '../worker/catalogue/directory.ts';
import { apiKey } from '../worker/catalogue/schema.ts';
import { inboundParts } from '../worker/inbound/inbound-parts.ts';
import { bookInbound } from '../worker/jobs/book-inbound.ts';
import { runImports, type RunImportsDeps } from '../worker/jobs/run-imports.ts';
import type { JobReport } from '../worker/jobs/run-job.ts';
import { officeRoutes } from '../worker/office-api.ts';
import { followErp } from '../worker/jobs/follow-erp.ts';
import type { RateLimitSettings } from '../worker/rate-limit/limit-requests.ts';
import { advanceRun } from '../worker/reconciliation/advance-run.ts';
import type { ApproveParts } from '../worker/reconciliation/approve-drift.ts';
import { reconciliationSettings } from '../worker/reconciliation/settings.ts';
import { RecentSkus } from '../worker/stock/recent-skus.ts';
import { cartGateway } from '../worker/stock/cart-gateway.ts';
import { combinedGateway } from '../worker/stock/combined-gateway.ts';
import { stockGateway } from '../worker/stock/stock-gateway.ts';
import { expectReadAddsUp } from './adds-up.ts';
import { d1OnNode } from './d1-on-node.ts';
import { FakeLane } from './fake-lane.ts';
import { FakeCart } from './fake-cart.ts';
import { FakeObject } from './fake-object.ts';
import { MemoryFiles } from './memory-files.ts';
import { MemoryHooks } from './memory-hooks.ts';
import { MemorySegments } from './memory-segments.ts';
import { ToldByShop } from './secrets/told-by-shop.ts';

export const TEA = 'TEA-1';
export const MUG = 'MUG-1';

const ROLES = {
  admin: { scopes: ['admin'] },
  web: { scopes: ['availability:read', 'reservations:write'], channel: 'web' },
  app: { scopes: ['availability:read', 'reservations:write'], channel: 'app' },
  reader: { scopes: ['availability:read'] },
  stock: { scopes: ['stock:write'], sources: ['wms', 'erp'], locations: ['dc', 'store'] },
  feeds: { scopes: ['feeds:read'] },
  web_feeds: { scopes: ['feeds:read'], channel: 'web' },
} as const;
export type Role = keyof typeof ROLES;

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there, and fails where it is not.
  readonly body: any;
}

/** A whole shop on one machine: the real API, the real SQL, the real core; no runtime and no waiting. */
export class Shop {
  nowMs = Date.UTC(2026, 10, 20, 12);
  readonly log: Readonly<Record<string, unknown>>[] = [];
  readonly objects = new Map<Sku, FakeObject>();
  readonly carts = new Map<string, FakeCart>();
  readonly database = d1OnNode();
  /** Dead letters that went back into their queue. */
  readonly requeued: unknown[] = [];
  readonly app;
  /** Those that come when one of them is asked first. */
  officeRoutes: Hono<AppEnv>['routes'] = [];
  /** What came in and waits in the queue. */
  readonly inbound: InboundMessage[] = [];
  /** The ERP that it posts to where a test says so; its feed is read whenever a run needs it. */
  readonly erp = new MemoryErp({ enforcesKeys: true, pageMax: 10 });
  reconciliation: ApproveParts;
  readonly runsWoken: string[] = [];
  readonly directories;
  /** Imports that wait for somebody to go on with them. */
  readonly steps: string[] = [];
  readonly files = new MemoryFiles();
  readonly segments = new MemorySegments();
  /** Endpoints of webhooks, and how far each was told. */
  readonly hooks = new MemoryHooks(() => this.nowMs);
  /** What is told its numbers, by the channel, and who keeps what it is to show. */
  readonly vendors = new Map<ChannelId, MemoryChannel>();
  readonly lanes = new Map<ChannelId, FakeLane>();
  readonly channelsWoken: ChannelId[] = [];
  readonly channelParts;
  readonly jobs;
  #keys = 0;
  #logChecked = 0;
  readonly #told = new ToldByShop();
  readonly #limited: boolean;

  constructor(
    issueAt: IssueAt = 'commit',
    rateLimits: RateLimitSettings = { ofKey: null, ofClasses: new Map() },
    answersAtOnce = true,
  ) {
    this.#limited = rateLimits.ofKey !== null || rateLimits.ofClasses.size > 0;
    const now = (): number => this.nowMs;
    const keepAlive = (work: Promise<unknown>): void => void work.catch(() => undefined);
    const directories = cachedDirectories(this.database, keepAlive, now);
    this.directories = directories;
    const stockOf = (sku: Sku): FakeObject => this.object(sku);
    const recent = new RecentSkus();
    const stock = combinedGateway(
      stockGateway(stockOf, directories, (sku) => recent.note(sku, now())),
      keepAlive,
      now,
    );
    const carts = cartGateway((hash) => this.cart(hash).stub, directories);
    const sendInbound = async (messages: readonly InboundMessage[]): Promise<void> => void this.inbound.push(...messages);
    const sendStep = async (id: string): Promise<void> => void this.steps.push(id);
    const { database: db, files } = this;
    this.jobs = inboundParts({
      db,
      directories,
      stock,
      carts,
      erp: this.erp,
      issueAt,
      files,
      sendInbound,
      sendStep,
      keepAlive,
      wait: async () => undefined,
      nowMs: now,
    });
    const source = sourceId.parse('erp');
    const parts = { db: this.database, erp: this.erp, stock, stockOf, nowMs: now };
    this.reconciliation = {
      ...parts,
      connection: source,
      issueAt,
      settings: reconciliationSettings.parse({}),
      followFeed: async (untilMark) =>
        (await followErp({ ...parts, source, untilMark: untilMark ?? Infinity }))['ended'] === true,
    };
    this.channelParts = channelPartsIn({
      db: this.database,
      directories,
      secretsKey: 'salt',
      fetch: async () => Promise.reject(new Error('no network here')),
      laneOf: (channel) => this.lane(channel),
      wakeChannel: async (channel) => void this.channelsWoken.push(channel),
      wait: async (ms) => void (this.nowMs += ms),
      portOf: async ({ channel }) => this.channelNamed(channel),
      nowMs: now,
    });
    const office = (shared: SharedDeps): ReturnType<typeof officeRoutes> =>
      officeRoutes(shared, {
        recent,
        stockOf,
        keepAlive,
        issueAt,
        erp: this.erp,
        requeue: {
          'erp-movements-dlq': async (body) => void this.requeued.push(body),
          'inbound-facts-dlq': async (body) => void this.inbound.push(body as InboundMessage),
        },
        erpLane: async () => ({ state: 'closed', window: 8, inFlight: 0, throttledForMs: null, openedTotal: 0 }),
        reconciliation: this.reconciliation,
        wakeRun: async (id) => void this.runsWoken.push(id),
        secretsKey: 'salt',
        sendInbound,
        imports: this.jobs.imports,
        importFiles: files,
        sendStep,
        segments: this.segments,
        ...this.hooks.partsOf(this.database),
        channelParts: this.channelParts,
      });
    const log = (line: Readonly<Record<string, unknown>>): void => void this.log.push(line);
    this.app = apiWith(
      {
        database: this.database,
        directories,
        stock,
        carts,
        colo: new MemoryCache(),
        keepAlive,
        rateLimits,
        buyerHashSecret: 'pepper',
        now,
        log,
        answersAtOnce,
      },
      async (shared) => {
        const routes = office(shared);
        this.officeRoutes = createApp(routes, { now, log }).routes;
        return routes;
      },
    );
  }

  /** Two places, two channels, two sources, and tea and mugs of which nothing is there. */
  static async open(issueAt?: IssueAt, rateLimits?: RateLimitSettings, answersAtOnce?: boolean): Promise<Shop> {
    const shop = new Shop(issueAt, rateLimits, answersAtOnce);
    await shop.furnish();
    return shop;
  }

  async furnish(): Promise<void> {
    await this.#admitKeys();
    await this.put('/v1/locations/dc', { type: 'dc', priority: 1, aliases: [{ system: 'sap', external_id: '1000' }] });
    await this.put('/v1/locations/store', { type: 'store', priority: 2 });
    await this.put('/v1/channels/web', {});
    await this.put('/v1/channels/app', { locations: ['dc'] });
    await this.put('/v1/sources/wms', { books: 'front' });
    await this.put('/v1/sources/erp', { books: 'erp' });
    await this.put(`/v1/items/${TEA}`, {
      status: 'active',
      aliases: [{ system: 'gtin', external_id: '4012345' }],
      units: [{ unit: 'box', factor: 12 }],
    });
    await this.put(`/v1/items/${MUG}`, { status: 'active' });
  }

  /** The queue hands over what came in, until nothing waits; a message that comes back waits for the next call. */
  async bookInbound(): Promise<JobReport[]> {
    const reports: JobReport[] = [];
    for (const body of this.inbound.splice(0)) {
      const message = this.#message(body, () => this.inbound.push(body));
      reports.push(await bookInbound({ queue: 'inbound-facts', messages: [message] } as unknown as MessageBatch, this.jobs));
    }
    return reports;
  }

  /** A run from its beginning to its end, as the queue would drive it: time passes wherever it waits. */
  async reconcile(asked: object = {}): Promise<Said> {
    const begun = await this.ask('admin', 'POST', '/v1/reconciliations', asked);
    if (begun.status !== 202) return begun;
    await this.advance(begun.body.id);
    return this.get('admin', `/v1/reconciliations/${begun.body.id}`);
  }

  async advance(run: string): Promise<void> {
    for (let times = 0; times < 100; times += 1) {
      const { advanced } = await advanceRun(run, this.reconciliation);
      if (advanced.outcome !== 'goes on') return;
      this.nowMs += Math.max(1, advanced.afterMs);
    }
    throw new Error('the run never ends');
  }

  async lines(run: string, query = ''): Promise<readonly ReconciliationLineReply[]> {
    return (await this.get('admin', `/v1/reconciliations/${run}/lines${query}`)).body.items;
  }

  /** The queue wakes every import that waits, until none does, or one comes back, which waits for the next call. */
  async runImports(more: Partial<RunImportsDeps> = {}): Promise<void> {
    const later: string[] = [];
    for (let id = this.steps.shift(); id !== undefined; id = this.steps.shift()) {
      const step = id;
      const message = this.#message({ import: step }, () => later.push(step));
      await runImports({ queue: 'import-steps', messages: [message] } as unknown as MessageBatch, {
        ...this.jobs,
        ...more,
      });
    }
    this.steps.push(...later);
  }

  #message(body: unknown, retry: () => void) {
    return { id: `m${++this.#keys}`, timestamp: new Date(this.nowMs), attempts: 1, body, ack: () => undefined, retry };
  }

  channelNamed(channel: ChannelId): MemoryChannel {
    const known = this.vendors.get(channel) ?? new MemoryChannel();
    this.vendors.set(channel, known);
    return known;
  }

  lane(channel: ChannelId): FakeLane {
    const known = this.lanes.get(channel) ?? new FakeLane(() => this.nowMs);
    this.lanes.set(channel, known);
    return known;
  }

  object(sku: Sku | string): FakeObject {
    const name = sku as Sku;
    const known = this.objects.get(name) ?? new FakeObject(name, () => this.nowMs);
    this.objects.set(name, known);
    return known;
  }

  cart(hash: string): FakeCart {
    const known =
      this.carts.get(hash) ??
      new FakeCart(
        (sku) => this.object(sku),
        () => this.nowMs,
      );
    this.carts.set(hash, known);
    return known;
  }

  async put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Said> {
    return this.ask('admin', 'PUT', path, body, headers);
  }

  async get(role: Role, path: string, headers: Record<string, string> = {}): Promise<Said> {
    return this.ask(role, 'GET', path, undefined, headers);
  }

  /** A call that carries a new key unless it names one. */
  async post(role: Role, path: string, body: unknown, key = `key-${++this.#keys}`): Promise<Said> {
    return this.ask(role, 'POST', path, body, { 'idempotency-key': key });
  }

  async ask(
    role: Role | null,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Said> {
    const reply = await this.app.request(path, {
      method,
      headers: {
        ...(role === null ? {} : { authorization: `Bearer ${keyOf(role)}` }),
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBody(body) ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    const json = /[/+]json/.test(reply.headers.get('content-type') ?? '') && text !== '';
    const said = { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
    const log = this.log.slice(this.log.length < this.#logChecked ? 0 : this.#logChecked).map((line) => JSON.stringify(line));
    this.#told.check({ method, path, asked: body, answer: text, log: log.join('\n') });
    await this.#checkNumbers(path, body, said);
    this.#logChecked = this.log.length;
    return said;
  }

  /** [R27] Whatever number anybody reads here, `explain` is asked for it too, and its terms must add up to it. */
  async #checkNumbers(path: string, asked: unknown, said: Said): Promise<void> {
    // Where requests are counted, one that the test did not make would count too.
    if (this.#limited) return;
    const before = { lines: this.log.length, asked: [...this.objects.values()].map((object) => [object, object.asked] as const) };
    await expectReadAddsUp(path, asked, said, async (explainPath) => {
      const explained = await this.app.request(explainPath, { headers: { authorization: `Bearer ${keyOf('admin')}` } });
      return explained.json();
    });
    this.log.length = before.lines;
    for (const [object, times] of before.asked) object.asked = times;
  }

  /** So many sellable units come in. */
  async receive(sku: string, quantity: number, location = 'dc'): Promise<void> {
    const movement = {
      id: `receipt-${++this.#keys}`,
      source: 'wms',
      kind: 'received',
      sku,
      location,
      quantity,
      occurred_at: this.today(),
    };
    const { body } = await this.ask('stock', 'POST', '/v1/movements', { movements: [movement] });
    if (body.items?.[0]?.outcome !== 'applied') throw new Error(JSON.stringify(body));
  }

  async reserve(quantity: number, extra: object = {}, role: Role = 'web'): Promise<Said> {
    return this.post(role, '/v1/reservations', { lines: [{ sku: TEA, quantity }], ...extra });
  }

  today(): string {
    return new Date(this.nowMs).toISOString();
  }

  async #admitKeys(): Promise<void> {
    const rows = Object.entries(ROLES).map(([id, role]) => ({
      id,
      name: id,
      hash: createHash('sha256').update(keyOf(id)).digest('hex'),
      createdAtMs: 0,
      ...role,
    }));
    for (const row of rows)
      await drizzle(this.database)
        .insert(apiKey)
        .values(row as typeof apiKey.$inferInsert);
  }
}

function isBody(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

export function keyOf(role: string): string {
  return `hf_${role}_${'s'.repeat(32)}`;
}
