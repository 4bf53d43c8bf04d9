import type { Hono } from 'hono';
import type { AppEnv } from './app-env.ts';
import { auditLogRoutes, type AuditLogDeps } from './routes/audit-log.ts';
import { caseRoutes, type CaseDeps } from './routes/cases.ts';
import { channelRoutes, type ChannelDeps } from './routes/channels.ts';
import { countRoutes, type CountDeps } from './routes/counts.ts';
import { documentationRoutes } from './routes/documentation.ts';
import { eventRoutes, type EventDeps } from './routes/events.ts';
import { explainRoutes, type ExplainDeps } from './routes/explain.ts';
import { feedRoutes, type FeedDeps } from './routes/feeds.ts';
import { importRoutes, type ImportDeps } from './routes/imports.ts';
import { inboundRoutes, type InboundDeps } from './routes/inbound.ts';
import { itemAuditRoutes, type ItemAuditDeps } from './routes/item-audit.ts';
import { itemRoutes, type ItemDeps } from './routes/items.ts';
import { keyRoutes, type KeyDeps } from './routes/keys.ts';
import { listingRoutes, type ListingDeps } from './routes/listings.ts';
import { locationRoutes, type LocationDeps } from './routes/locations.ts';
import { metricsRoutes, type MetricsDeps } from './routes/metrics.ts';
import { movementRoutes, type MovementDeps } from './routes/movements.ts';
import { policyRoutes, type PolicyDeps } from './routes/policies.ts';
import { orderRoutes, type OrderDeps } from './routes/orders.ts';
import { outletRoutes, type OutletDeps } from './routes/outlets.ts';
import { postingRoutes, type PostingDeps } from './routes/postings.ts';
import { receiptRoutes, type ReceiptDeps } from './routes/receipts.ts';
import { reconciliationRoutes, type ReconciliationDeps } from './routes/reconciliations.ts';
import { replayRoutes, type ReplayDeps } from './routes/replays.ts';
import { sourceRoutes, type SourceDeps } from './routes/sources.ts';
import { traceRoutes, type TraceDeps } from './routes/trace.ts';
import { webhookSecretRoutes, type WebhookSecretDeps } from './routes/webhook-secrets.ts';
import { webhookRoutes, type WebhookDeps } from './routes/webhooks.ts';

export type OfficeRouteDeps = AuditLogDeps &
  CaseDeps &
  ChannelDeps &
  CountDeps &
  EventDeps &
  ExplainDeps &
  FeedDeps &
  ImportDeps &
  InboundDeps &
  ItemAuditDeps &
  ItemDeps &
  KeyDeps &
  ListingDeps &
  LocationDeps &
  MetricsDeps &
  MovementDeps &
  OrderDeps &
  OutletDeps &
  PolicyDeps &
  PostingDeps &
  ReceiptDeps &
  ReconciliationDeps &
  ReplayDeps &
  SourceDeps &
  TraceDeps &
  WebhookDeps &
  WebhookSecretDeps;

/** Every route but those that a shop asks while it sells, each with what it needs. */
export function officeRoutesWith(deps: OfficeRouteDeps): readonly Hono<AppEnv>[] {
  return [
    explainRoutes(deps),
    movementRoutes(deps),
    countRoutes(deps),
    orderRoutes(deps),
    inboundRoutes(deps),
    importRoutes(deps),
    itemRoutes(deps),
    itemAuditRoutes(deps),
    policyRoutes(deps),
    receiptRoutes(deps),
    locationRoutes(deps),
    channelRoutes(deps),
    listingRoutes(deps),
    outletRoutes(deps),
    sourceRoutes(deps),
    webhookSecretRoutes(deps),
    keyRoutes(deps),
    postingRoutes(deps),
    reconciliationRoutes(deps),
    replayRoutes(deps),
    traceRoutes(deps),
    caseRoutes(deps),
    eventRoutes(deps),
    webhookRoutes(deps),
    feedRoutes(deps),
    auditLogRoutes(deps),
    metricsRoutes(deps),
    documentationRoutes(),
  ];
}
