import { PROJECTED_CACHED_MS_MAX } from '../contracts/limits.ts';
import type { ChannelId, Sku } from '../domain/ids.ts';
import type { CartReservationStub } from '../durable-objects/cart-reservation/protocol.ts';
import type { SkuStockStub } from '../durable-objects/sku-stock/protocol.ts';
import { apiWith } from './api.ts';
import { EdgeCache } from './cache/edge-cache.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import { cachedDirectories } from './catalogue/directory.ts';
import { settingsOf } from './env.ts';
import type { Log } from './middleware/around.ts';
import { sampledLog } from './middleware/sampled-log.ts';
import { cartGateway } from './stock/cart-gateway.ts';
import { combinedGateway } from './stock/combined-gateway.ts';
import { RecentSkus } from './stock/recent-skus.ts';
import { stockGateway } from './stock/stock-gateway.ts';
import type { Office, OfficeSurroundings, SellingParts, wireOffice } from './wire-office.ts';

interface Surroundings extends OfficeSurroundings {
  /** Brings the office; a simulation has it at hand, since nothing in it may wait for a disk. */
  readonly bringOffice?: () => Promise<{ readonly wireOffice: typeof wireOffice }>;
  /** Whether requests may share calls of an object; without it each makes its own. */
  readonly sharesCalls?: boolean;
}

/**
 * The composition root: bindings in, handlers out. Nothing else sees bindings and logic together but the office's half of it, which is
 * brought when it is first needed: an isolate that begins with a sale has not evaluated it (docs/architecture.md). A simulation brings
 * an ERP of its own.
 */
export function wire(
  env: Env,
  keepAlive: KeepAlive,
  { bringOffice = () => import('./wire-office.ts'), sharesCalls = false, ...surroundings }: Surroundings = {},
) {
  const settings = settingsOf(env);
  const rateLimits = { ofKey: settings.RATE_LIMIT_KEY, ofClasses: settings.RATE_LIMIT_CLASSES };
  const now = (): number => Date.now();
  const log: Log = (line) => console.log(JSON.stringify(line));
  const logOfRequests = sampledLog(log, settings.LOG_READS_ONE_IN);
  const stockOf = (sku: Sku): SkuStockStub => env.SKU_STOCK.getByName(sku);
  const cartOf = (hash: string): CartReservationStub => env.CART_RESERVATION.getByName(hash);

  const database = env.DB;
  const directories = cachedDirectories(database, keepAlive, now);
  const recent = new RecentSkus();
  const plainStock = stockGateway(stockOf, directories, (sku) => recent.note(sku, now()));
  const stock = sharesCalls ? combinedGateway(plainStock, keepAlive, now) : plainStock;
  const carts = cartGateway(cartOf, directories);
  const colo = new EdgeCache(() => caches.open('availability'));
  const selling: SellingParts = { settings, stockOf, directories, recent, stock, carts, keepAlive, now, log };
  const office = officeOf(async () => {
    const office = await bringOffice();
    return () => office.wireOffice(env, selling, surroundings);
  });
  return {
    app: apiWith(
      {
        database,
        directories,
        stock,
        carts,
        colo,
        keepAlive,
        rateLimits,
        buyerHashSecret: settings.BUYER_HASH_SECRET,
        now,
        log: logOfRequests,
        sharesCalls,
        rowsCachedMs: Math.min(settings.FRESH_FOR_MS_MAX, PROJECTED_CACHED_MS_MAX),
      },
      async (shared) => (await office()).routes(shared),
    ),
    queue: async (batch: MessageBatch): Promise<void> => (await office()).queue(batch),
    scheduled: async (): Promise<void> => (await office()).scheduled(),
    deliverWebhook: async (webhook: string): Promise<void> => (await office()).deliverWebhook(webhook),
    tellOne: async (channel: ChannelId): Promise<void> => (await office()).tellOne(channel),
  };
}

/** One office for an isolate, whoever needs it first; they share what was made and never a promise, which belongs to one request. */
function officeOf(bring: () => Promise<() => Office>): () => Promise<Office> {
  let office: Office | null = null;
  return async () => {
    if (office === null) {
      const make = await bring();
      office ??= make();
    }
    return office;
  };
}
