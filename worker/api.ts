import { drizzle } from 'drizzle-orm/d1';
import type { Hono } from 'hono';
import type { LaneSeen } from '../durable-objects/erp-lane/protocol.ts';
import type { Sku } from '../domain/ids.ts';
import type { IssueAt } from '../domain/posting.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { ErpPort } from '../erp/port.ts';
import type { AppEnv } from './app-env.ts';
import { createApp } from './app.ts';
import { auditLogIn } from './audit/audit-log.ts';
import { buyerHasher } from './request/buyer.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import type { SnapshotCache } from './cache/port.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import { tieredSnapshots } from './cache/snapshots.ts';
import { seenLanes, toldLevels } from './channels/told-levels.ts';
import { apiKeysIn } from './catalogue/api-keys.ts';
import { keyCache } from './catalogue/identify.ts';
import { itemsIn } from './catalogue/items.ts';
import type { Directories } from './catalogue/directory.ts';
import { cachedNames } from './catalogue/names.ts';
import { networkRowsIn } from './catalogue/network-rows.ts';
import { feedLinksWith } from './feeds/links.ts';
import type { ImportFiles } from './imports/files.ts';
import type { ImportStore } from './imports/import-store.ts';
import { sealWith } from './inbound/seal.ts';
import { noteSeen, wasSeen } from './inbound/webhook-ids.ts';
import { webhookSecretsIn } from './inbound/webhook-secrets.ts';
import { watchOf } from './connection/watches.ts';
import type { Log } from './middleware/around.ts';
import { allowFetchersWith } from './middleware/authenticate-fetcher.ts';
import { allowWith } from './middleware/authenticate.ts';
import { noteBooked, registered } from './orders/order-registry.ts';
import { limitRequestsWith, type RateLimitSettings } from './rate-limit/limit-requests.ts';
import type { WebhookDeps } from './routes/webhooks.ts';
import type { Segments } from './proof/segments.ts';
import type { Refused } from './refused.ts';
import { snapshotsOf } from './read-models/availability.ts';
import { putOrders, reservationsOfOrder } from './read-models/orders.ts';
import { deliveriesAfter } from './read-models/posting-log.ts';
import { readModelsIn } from './read-models/read-models.ts';
import { answerOnceIn } from './replay/answered-requests.ts';
import type { Requeue } from './replay/dead-letter-again.ts';
import { replayCase } from './replay/replay-case.ts';
import { replayPostings } from './replay/replay-postings.ts';
import { routesWith } from './routes.ts';
import type { ImportDeps } from './routes/imports.ts';
import type { InboundDeps } from './routes/inbound.ts';
import type { OutletDeps } from './routes/outlets.ts';
import { keepCounts } from './reconciliation/stated-counts.ts';
import type { ApproveParts } from './reconciliation/approve-drift.ts';
import type { CartGateway } from './stock/cart-gateway.ts';
import type { RecentSkus } from './stock/recent-skus.ts';
import { reserveUnlessSoldOut } from './stock/sold-out-hints.ts';
import type { StockGateway, StubOf } from './stock/stock-gateway.ts';
import { webhookMetrics } from './webhooks/webhook-metrics.ts';

export interface ApiParts extends Pick<WebhookDeps, 'webhooks' | 'webhookLaneOf' | 'wakeWebhook' | 'outbound'> {
  readonly database: D1Database;
  readonly directories: Directories;
  readonly stock: StockGateway;
  readonly stockOf: StubOf;
  readonly carts: CartGateway;
  readonly colo: SnapshotCache;
  readonly recent: RecentSkus;
  readonly keepAlive: KeepAlive;
  readonly issueAt: IssueAt;
  readonly rateLimits: RateLimitSettings;
  readonly erpLane: () => Promise<LaneSeen>;
  readonly reconciliation: ApproveParts;
  readonly wakeRun: (id: string, delayMs: number) => Promise<void>;
  readonly erp: Pick<ErpPort, 'find' | 'batchMax'>;
  readonly requeue: Readonly<Record<string, Requeue>>;
  readonly buyerHashSecret: string;
  readonly secretsKey: string;
  readonly sendInbound: InboundDeps['sendInbound'];
  readonly imports: ImportStore;
  readonly importFiles: ImportFiles;
  readonly sendStep: ImportDeps['sendStep'];
  readonly segments: Segments;
  readonly channelParts: OutletDeps['channelParts'];
  readonly now: () => number;
  readonly log: Log;
}

/** The whole API over a database and the objects, wherever these run. */
export function apiWith({
  database,
  directories,
  stock,
  stockOf,
  carts,
  colo,
  recent,
  keepAlive,
  issueAt,
  rateLimits,
  erpLane,
  reconciliation,
  wakeRun,
  erp,
  requeue,
  buyerHashSecret,
  secretsKey,
  sendInbound,
  imports,
  importFiles,
  sendStep,
  segments,
  webhooks,
  webhookLaneOf,
  wakeWebhook,
  outbound,
  channelParts,
  now,
  log,
}: ApiParts): Hono<AppEnv> {
  const db = drizzle(database);
  const keys = keyCache(db, now);
  const audit = auditLogIn(db, now);
  const limitRequests = limitRequestsWith(rateLimits, directories, now);
  const feedLinks = feedLinksWith(secretsKey);
  const again = { db: database, erp, stock, stockOf, requeue, channelParts, source: reconciliation.connection, nowMs: now };
  const askObject = (sku: Sku): Promise<Snapshot | Refused> => stock.snapshot(sku);
  const snapshots = tieredSnapshots({ memory: new MemoryCache(), colo, askObject, keepAlive, now });
  const routes = routesWith({
    allow: allowWith(keys.identify, limitRequests),
    allowFetchers: allowFetchersWith({ keys, links: feedLinks, limitRequests, now }),
    keys,
    feedLinks,
    names: cachedNames(db, directories, now),
    directories,
    items: itemsIn(db, audit, now),
    networkRows: networkRowsIn(db, audit),
    audit,
    apiKeys: apiKeysIn(db, keys, audit, now),
    webhookSecrets: webhookSecretsIn(db, sealWith(secretsKey), audit, now),
    webhookIds: {
      wasSeen: (source, id) => wasSeen(database, source, id, now()),
      noteSeen: (source, id) => noteSeen(database, source, id, now()),
    },
    sendInbound,
    imports,
    importFiles,
    sendStep,
    segments,
    webhooks,
    webhookLaneOf,
    toldLevels: (skus) => toldLevels(channelParts, skus),
    outletLanes: () => seenLanes(channelParts),
    webhookMetrics: () => webhookMetrics(database, webhookLaneOf, now()),
    wakeWebhook,
    outbound,
    channelParts,
    snapshots,
    reserveSku: reserveUnlessSoldOut({ stock, snapshots, directories, now }),
    stock,
    carts,
    ...readModelsIn(database, stockOf, recent, audit, now, reconciliation),
    answerOnce: answerOnceIn(db, audit, now),
    logged: (asked) => deliveriesAfter(database, asked),
    replayPostings: (positions) => replayPostings(positions, again),
    replayCase: (row) => replayCase(row, again),
    db: database,
    keepCounts: (counts) => keepCounts(database, counts),
    hashBuyer: buyerHasher(buyerHashSecret),
    issueAt,
    erpLane,
    feedReadAt: async () => (await watchOf(database, reconciliation.connection))?.feedReadAtMs ?? null,
    projected: (skus) => snapshotsOf(database, skus),
    reservationsOfOrder: (orderRef) => reservationsOfOrder(database, orderRef),
    registeredOrders: (orders) => registered(database, orders, now()),
    noteBookedOrders: (orders) => keepAlive(noteBooked(database, orders, now()).catch(() => undefined)),
    noteOrder: (order) => keepAlive(database.batch(putOrders(database, [order])).catch(() => undefined)),
    connection: reconciliation.connection,
    wakeRun: (id) => wakeRun(id, 0),
    now,
  });
  return createApp(routes, { log, now });
}
