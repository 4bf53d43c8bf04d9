import { drizzle } from 'drizzle-orm/d1';
import type { Hono } from 'hono';
import type { ImportMessage, InboundMessage } from '../contracts/inbound-messages.ts';
import type { ChannelId, Sku } from '../domain/ids.ts';
import type { ErpLaneStub, LaneSeen } from '../durable-objects/erp-lane/protocol.ts';
import type { WebhookLaneStub } from '../durable-objects/webhook-lane/protocol.ts';
import type { ChangeMessage, MovementsMessage, SkuStockStub } from '../durable-objects/sku-stock/protocol.ts';
import type { ChannelLaneStub } from '../durable-objects/channel-lane/protocol.ts';
import type { SharedDeps } from './api.ts';
import type { AppEnv } from './app-env.ts';
import { auditLogIn } from './audit/audit-log.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import type { Directories } from './catalogue/directory.ts';
import { wakeChanged } from './channels/changed-channels.ts';
import { channelPartsIn } from './channels/channel-parts.ts';
import { tellChannel } from './channels/tell-channel.ts';
import type { Settings } from './env.ts';
import { connectErp } from './erp/connect.ts';
import { d1Notes } from './erp/d1-notes.ts';
import { ERP_CONNECTION } from './erp/connection.ts';
import { lanedErp, lanedTask } from './erp/laned-erp.ts';
import { laneSettings } from './erp/lane-settings.ts';
import { namedErp } from './erp/named-erp.ts';
import { pacedErp } from './erp/paced-erp.ts';
import { filesInR2 } from './imports/files.ts';
import { sealWith } from './inbound/seal.ts';
import { inboundParts } from './inbound/inbound-parts.ts';
import { consumeQueue } from './jobs/consume-queue.ts';
import { followErp } from './jobs/follow-erp.ts';
import { runJob } from './jobs/run-job.ts';
import { runSchedule } from './jobs/run-schedule.ts';
import type { DeliveryMessage } from './jobs/deliver-webhooks.ts';
import { wakeWaiting } from './jobs/wake-waiting.ts';
import { newsForWebhooks } from './jobs/wake-webhooks.ts';
import type { PushMessage } from './jobs/push-channels.ts';
import type { Log } from './middleware/around.ts';
import { officeRoutes } from './office-api.ts';
import { lookUpOverHttps } from './outbound/look-up.ts';
import { outboundWith } from './outbound/outbound.ts';
import type { ApproveParts } from './reconciliation/approve-drift.ts';
import { segmentsInR2 } from './proof/segments.ts';
import type { CartGateway } from './stock/cart-gateway.ts';
import type { RecentSkus } from './stock/recent-skus.ts';
import type { StockGateway } from './stock/stock-gateway.ts';
import { deliver } from './webhooks/deliver.ts';
import { webhooksIn } from './webhooks/webhooks.ts';

export interface OfficeSurroundings {
  readonly connect?: typeof connectErp;
  /** Begins a webhook's delivery where nobody waits for its end; without it, behind whatever is running. */
  readonly deliverApart?: (webhook: string) => Promise<void>;
  /** The same of a channel that is told its numbers. */
  readonly tellApart?: (channel: ChannelId) => Promise<void>;
}

/** What the selling part has made and shares with the office. */
export interface SellingParts {
  readonly settings: Settings;
  readonly stockOf: (sku: Sku) => SkuStockStub;
  readonly directories: Directories;
  readonly recent: RecentSkus;
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly keepAlive: KeepAlive;
  readonly now: () => number;
  readonly log: Log;
}

export type Office = ReturnType<typeof wireOffice>;

/**
 * The other half of the composition root: all that a shop does not ask while it sells. An isolate is woken for it, by a queue, by the
 * clock or by whoever asks one of its routes, far less often than to sell; so it is not made before.
 */
export function wireOffice(
  env: Env,
  { settings, stockOf, directories, recent, stock, carts, keepAlive, now, log }: SellingParts,
  { connect = connectErp, deliverApart, tellApart }: OfficeSurroundings,
) {
  const { ERP_ISSUE_AT: issueAt } = settings;
  const database = env.DB;
  const { port: connected, tidy } = connect(settings, d1Notes(database, ERP_CONNECTION));
  const ofLane = laneSettings(settings.ERP_ADAPTER, settings.ERP_LANE, connected);
  const laneOf = (): ErpLaneStub => env.ERP_LANES.getByName(ERP_CONNECTION);
  const erpLane = (): Promise<LaneSeen> => laneOf().seen(ofLane);
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const wake = (): Promise<void> =>
    runJob('wake-waiting', log, () => wakeWaiting({ db: database, stockOf, erpLane, nowMs: now, wait })).catch(() => undefined);
  const lane = { laneOf, settings: ofLane, onClosed: () => keepAlive(wake()) };
  const erp = namedErp(lanedErp(pacedErp(connected, now), lane), database, ERP_CONNECTION);
  const tidyErp = tidy === null ? null : lanedTask(tidy, lane);
  const sendInbound = async (messages: readonly InboundMessage[], delaySeconds = 0): Promise<void> => {
    await Promise.all(messages.map(async (message) => env.INBOUND_FACTS.send(message, { delaySeconds })));
  };
  const sendStep = async (id: string): Promise<void> => {
    await env.IMPORT_STEPS.send({ import: id } satisfies ImportMessage);
  };
  const files = filesInR2(env.IMPORTS);
  const inbound = inboundParts({
    db: database,
    directories,
    stock,
    carts,
    erp,
    issueAt,
    files,
    sendInbound,
    sendStep,
    keepAlive,
    wait,
    nowMs: now,
  });
  const jobs = { ...inbound, db: database, erp, tidyErp, stock, stockOf, nowMs: now, log };
  const reconciliation: ApproveParts = {
    ...jobs,
    connection: ERP_CONNECTION,
    issueAt,
    settings: settings.RECONCILIATION,
    followFeed: async (untilMark) => {
      const until = untilMark === null ? {} : { untilMark };
      return (await followErp({ ...jobs, source: ERP_CONNECTION, ...until }))['ended'] === true;
    },
  };
  const wakeRun = async (run: string, delayMs: number): Promise<void> => {
    await env.RECONCILIATIONS.send({ run }, { delaySeconds: Math.ceil(delayMs / 1_000) });
  };
  const segments = segmentsInR2(env.ARCHIVE);
  const send: typeof fetch = (input, init) => fetch(input, init);
  const outbound = outboundWith({ allowed: settings.OUTBOUND_ALLOWED, lookUp: lookUpOverHttps(send), send });
  const webhookLaneOf = (id: string): WebhookLaneStub => env.WEBHOOK_LANES.getByName(id);
  const wakeWebhook = async (id: string): Promise<void> => {
    await env.WEBHOOK_DELIVERIES.send({ webhook: id } satisfies DeliveryMessage);
  };
  const toldOfEvents = newsForWebhooks({ db: database, wakeWebhook, nowMs: now });
  const seal = sealWith(settings.SECRETS_KEY);
  const audit = auditLogIn(drizzle(database), now);
  const webhooks = webhooksIn(drizzle(database), seal, audit, now);
  const webhookParts = { webhooks, webhookLaneOf, wakeWebhook, outbound };
  const channelParts = channelPartsIn({
    db: database,
    directories,
    secretsKey: settings.SECRETS_KEY,
    fetch: outbound.fetch,
    laneOf: (channel: ChannelId): ChannelLaneStub => env.CHANNEL_LANES.getByName(channel),
    wakeChannel: async (channel, delayMs) => {
      await env.CHANNEL_PUSHES.send({ channel } satisfies PushMessage, { delaySeconds: Math.ceil(delayMs / 1_000) });
    },
    wait,
    nowMs: now,
  });
  const deliverWebhook = (id: string): Promise<void> =>
    runJob('deliver-webhook', log, () => deliver(id, { ...webhookParts, db: database, nowMs: now })).catch(() => undefined);
  const beginDelivery = deliverApart ?? (async (id: string): Promise<void> => keepAlive(deliverWebhook(id)));
  const tellOne = (channel: ChannelId): Promise<void> =>
    runJob('push-channel', log, () => tellChannel(channel, channelParts)).catch(() => undefined);
  const beginPush = tellApart ?? (async (channel: ChannelId): Promise<void> => keepAlive(tellOne(channel)));
  const all = {
    ...jobs,
    ...webhookParts,
    beginDelivery,
    beginPush,
    toldOfEvents,
    segments,
    reconciliation,
    wakeRun,
    erpLane,
    wait,
    channelParts,
    wakeChanged: (sinceMs: number) => wakeChanged(channelParts, sinceMs),
  };
  return {
    routes: (shared: SharedDeps): readonly Hono<AppEnv>[] =>
      officeRoutes(shared, {
        stockOf,
        recent,
        keepAlive,
        issueAt,
        erp,
        requeue: {
          'erp-movements-dlq': async (body) => void (await env.ERP_MOVEMENTS.send(body as MovementsMessage)),
          'stock-changes-dlq': async (body) => void (await env.STOCK_CHANGES.send(body as ChangeMessage)),
          'inbound-facts-dlq': async (body) => sendInbound([body as InboundMessage]),
        },
        erpLane,
        reconciliation,
        wakeRun,
        secretsKey: settings.SECRETS_KEY,
        sendInbound,
        imports: inbound.imports,
        importFiles: files,
        sendStep,
        segments,
        ...webhookParts,
        channelParts,
      }),
    queue: (batch: MessageBatch) => consumeQueue(batch, all),
    scheduled: () => runSchedule(all),
    /** Whoever fails has said so in the log, and is brought back by the clock. */
    deliverWebhook,
    tellOne,
  };
}
