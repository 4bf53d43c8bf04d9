import { drizzle } from 'drizzle-orm/d1';
import type { Hono } from 'hono';
import type { LaneSeen } from '../durable-objects/erp-lane/protocol.ts';
import type { IssueAt } from '../domain/posting.ts';
import type { ErpPort } from '../erp/port.ts';
import type { SharedDeps } from './api.ts';
import type { AppEnv } from './app-env.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import { auditLogIn } from './audit/audit-log.ts';
import { apiKeysIn } from './catalogue/api-keys.ts';
import { itemsIn } from './catalogue/items.ts';
import { networkRowsIn } from './catalogue/network-rows.ts';
import { watchOf } from './connection/watches.ts';
import { seenLanes, toldLevels } from './channels/told-levels.ts';
import { feedLinksWith } from './feeds/links.ts';
import type { ImportFiles } from './imports/files.ts';
import type { ImportStore } from './imports/import-store.ts';
import { sealWith } from './inbound/seal.ts';
import { noteSeen, wasSeen } from './inbound/webhook-ids.ts';
import { webhookSecretsIn } from './inbound/webhook-secrets.ts';
import { allowFetchersWith } from './middleware/authenticate-fetcher.ts';
import { officeRoutesWith } from './office-routes.ts';
import { noteBooked, registered } from './orders/order-registry.ts';
import type { Segments } from './proof/segments.ts';
import { deliveriesAfter } from './read-models/posting-log.ts';
import { readModelsIn } from './read-models/read-models.ts';
import type { ApproveParts } from './reconciliation/approve-drift.ts';
import { keepCounts } from './reconciliation/stated-counts.ts';
import { answerOnceIn } from './replay/answered-requests.ts';
import type { Requeue } from './replay/dead-letter-again.ts';
import { replayCase } from './replay/replay-case.ts';
import { replayPostings } from './replay/replay-postings.ts';
import type { ImportDeps } from './routes/imports.ts';
import type { InboundDeps } from './routes/inbound.ts';
import type { OutletDeps } from './routes/outlets.ts';
import type { WebhookDeps } from './routes/webhooks.ts';
import type { RecentSkus } from './stock/recent-skus.ts';
import type { StubOf } from './stock/stock-gateway.ts';
import { webhookMetrics } from './webhooks/webhook-metrics.ts';

export interface OfficeParts extends Pick<WebhookDeps, 'webhooks' | 'webhookLaneOf' | 'wakeWebhook' | 'outbound'> {
  readonly stockOf: StubOf;
  readonly recent: RecentSkus;
  readonly keepAlive: KeepAlive;
  readonly issueAt: IssueAt;
  readonly erpLane: () => Promise<LaneSeen>;
  readonly reconciliation: ApproveParts;
  readonly wakeRun: (id: string, delayMs: number) => Promise<void>;
  readonly erp: Pick<ErpPort, 'find' | 'batchMax'>;
  readonly requeue: Readonly<Record<string, Requeue>>;
  readonly secretsKey: string;
  readonly sendInbound: InboundDeps['sendInbound'];
  readonly imports: ImportStore;
  readonly importFiles: ImportFiles;
  readonly sendStep: ImportDeps['sendStep'];
  readonly segments: Segments;
  readonly channelParts: OutletDeps['channelParts'];
}

/** The office's routes: all that a shop does not ask while it sells. Most parts go on to them as they are. */
export function officeRoutes(
  shared: SharedDeps,
  { stockOf, recent, keepAlive, erp, requeue, secretsKey, wakeRun, ...handedOn }: OfficeParts,
): readonly Hono<AppEnv>[] {
  const { db: database, keys, limits, stock, now } = shared;
  const { reconciliation, webhookLaneOf, channelParts } = handedOn;
  const db = drizzle(database);
  const audit = auditLogIn(db, now);
  const feedLinks = feedLinksWith(secretsKey);
  const again = { db: database, erp, stock, stockOf, requeue, channelParts, source: reconciliation.connection, nowMs: now };
  return officeRoutesWith({
    ...shared,
    ...handedOn,
    audit,
    items: itemsIn(db, audit, now),
    feedReadAt: async () => (await watchOf(database, reconciliation.connection))?.feedReadAtMs ?? null,
    allowFetchers: allowFetchersWith({ keys, links: feedLinks, limitRequests: limits.limitRequests, now }),
    feedLinks,
    networkRows: networkRowsIn(db, audit),
    apiKeys: apiKeysIn(db, keys, audit, now),
    webhookSecrets: webhookSecretsIn(db, sealWith(secretsKey), audit, now),
    webhookIds: {
      wasSeen: (source, id) => wasSeen(database, source, id, now()),
      noteSeen: (source, id) => noteSeen(database, source, id, now()),
    },
    toldLevels: (skus) => toldLevels(channelParts, skus),
    outletLanes: () => seenLanes(channelParts),
    webhookMetrics: () => webhookMetrics(database, webhookLaneOf, now()),
    ...readModelsIn(database, stockOf, recent, audit, now, reconciliation),
    answerOnce: answerOnceIn(db, audit, now),
    logged: (asked) => deliveriesAfter(database, asked),
    replayPostings: (positions) => replayPostings(positions, again),
    replayCase: (row) => replayCase(row, again),
    keepCounts: (counts) => keepCounts(database, counts),
    registeredOrders: (orders) => registered(database, orders, now()),
    noteBookedOrders: (orders) => keepAlive(noteBooked(database, orders, now()).catch(() => undefined)),
    connection: reconciliation.connection,
    wakeRun: (id) => wakeRun(id, 0),
  });
}
