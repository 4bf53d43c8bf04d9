import { drizzle } from 'drizzle-orm/d1';
import { httpErp } from '../erp/http/http-erp.ts';
import type { Sku } from '../domain/ids.ts';
import type { SkuStockStub } from '../durable-objects/sku-stock/protocol.ts';
import { createApp } from './app.ts';
import { buyerHasher } from './buyer.ts';
import { EdgeCache } from './cache/edge-cache.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import { tieredSnapshots } from './cache/snapshots.ts';
import { apiKeysIn } from './catalogue/api-keys.ts';
import { cachedDirectories } from './catalogue/directory.ts';
import { keyCache } from './catalogue/identify.ts';
import { itemsIn } from './catalogue/items.ts';
import { cachedNames } from './catalogue/names.ts';
import { networkRowsIn } from './catalogue/network-rows.ts';
import { settingsOf } from './env.ts';
import { consumeQueue } from './jobs/consume-queue.ts';
import { runSchedule } from './jobs/run-schedule.ts';
import type { Log } from './middleware/around.ts';
import { allowWith } from './middleware/authenticate.ts';
import { snapshotsOf } from './read-models/availability.ts';
import { reservationsOfOrder } from './read-models/orders.ts';
import { readModelsIn } from './read-models/read-models.ts';
import { routesWith } from './routes.ts';
import { stockGateway } from './stock-gateway.ts';

/** The composition root: bindings in, handlers out. Nothing else sees bindings and logic together. */
export function wire(env: Env, keepAlive: KeepAlive) {
  const settings = settingsOf(env);
  const now = (): number => Date.now();
  const log: Log = (line) => console.log(JSON.stringify(line));
  const stockOf = (sku: Sku): SkuStockStub => env.SKU_STOCK.getByName(sku);

  const db = drizzle(env.DB);
  const directories = cachedDirectories(db, keepAlive, now);
  const stock = stockGateway(stockOf, directories);
  const keys = keyCache(db, now);
  const colo = new EdgeCache(() => caches.open('availability'));
  const snapshots = tieredSnapshots({ memory: new MemoryCache(), colo, askObject: stock.snapshot, keepAlive, now });

  const routes = routesWith({
    allow: allowWith(keys.identify),
    names: cachedNames(db, directories, now),
    directories,
    items: itemsIn(db),
    networkRows: networkRowsIn(db),
    apiKeys: apiKeysIn(db, keys, now),
    snapshots,
    stock,
    ...readModelsIn(env.DB, stockOf, now),
    db: env.DB,
    hashBuyer: buyerHasher(settings.BUYER_HASH_SECRET),
    issueAt: settings.ERP_ISSUE_AT,
    projected: (skus) => snapshotsOf(env.DB, skus),
    reservationsOfOrder: (orderRef) => reservationsOfOrder(env.DB, orderRef),
    now,
  });
  const jobs = { db: env.DB, erp: httpErp({ url: settings.ERP_URL, token: settings.ERP_TOKEN }), stock, stockOf, nowMs: now, log };
  return {
    app: createApp(routes, { log, now }),
    queue: (batch: MessageBatch) => consumeQueue(batch, jobs),
    scheduled: () => runSchedule(jobs),
  };
}
