import type { Hono } from 'hono';
import { PROJECTED_CACHED_MS_MAX } from '../contracts/limits.ts';
import type { Sku } from '../domain/ids.ts';
import type { AppEnv } from './app-env.ts';
import { createApp } from './app.ts';
import { atOnceWith } from './at-once/at-once.ts';
import { manySnapshots } from './cache/many-snapshots.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import type { SnapshotCache } from './cache/port.ts';
import { sharedRows } from './cache/shared-rows.ts';
import type { KeepAlive } from './cache/singleflight.ts';
import { tieredSnapshots } from './cache/snapshots.ts';
import type { Directories } from './catalogue/directory.ts';
import { keyCache } from './catalogue/identify.ts';
import { cachedNames } from './catalogue/names.ts';
import type { Log } from './middleware/around.ts';
import { allowWith } from './middleware/authenticate.ts';
import { requestLimitsWith, type RateLimitSettings } from './rate-limit/limit-requests.ts';
import { snapshotsOf } from './read-models/availability.ts';
import { putOrders, reservationsOfOrder } from './read-models/orders.ts';
import { buyerHasher } from './request/buyer.ts';
import { sellingRoutesWith } from './routes.ts';
import type { CartGateway } from './stock/cart-gateway.ts';
import { reserveUnlessSoldOut } from './stock/sold-out-hints.ts';
import type { StockGateway } from './stock/stock-gateway.ts';

export interface ApiParts {
  readonly database: D1Database;
  readonly directories: Directories;
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly colo: SnapshotCache;
  readonly keepAlive: KeepAlive;
  readonly rateLimits: RateLimitSettings;
  readonly buyerHashSecret: string;
  readonly now: () => number;
  readonly log: Log;
  /** How long a row of the projection is shown again without another look. */
  readonly rowsCachedMs?: number;
  /** Whether requests may share a read of the projection; without it each makes its own. */
  readonly sharesCalls?: boolean;
  /** false: the routes answer what could be answered in front of them, which a test compares. */
  readonly answersAtOnce?: boolean;
}

export type SharedDeps = ReturnType<typeof sharedDeps>;

/** The whole API over a database and the objects, wherever these run; the office's routes are brought when one of them is asked first. */
export function apiWith(parts: ApiParts, officeRoutes: (shared: SharedDeps) => Promise<readonly Hono<AppEnv>[]>): Hono<AppEnv> {
  const { database, colo, keepAlive, now, log, rowsCachedMs = PROJECTED_CACHED_MS_MAX } = parts;
  const { answersAtOnce = true, sharesCalls = false } = parts;
  const shared = sharedDeps(parts);
  const { stock, directories } = shared;
  const projected = sharesCalls ? sharedRows(shared.projected, keepAlive) : shared.projected;
  const memory = new MemoryCache();
  const snapshots = tieredSnapshots({ memory, colo, askObject: (sku) => stock.snapshot(sku), keepAlive, now });
  const reserveSku = reserveUnlessSoldOut({ stock, snapshots, directories, now });
  const many = manySnapshots({ memory, projected, snapshots, rowsCachedMs, now });
  const routes = sellingRoutesWith({
    ...shared,
    snapshots,
    many,
    reserveSku,
    reservationsOfOrder: (orderRef) => reservationsOfOrder(database, orderRef),
    noteOrder: (order) => keepAlive(database.batch(putOrders(database, [order])).catch(() => undefined)),
  });
  const answerAtOnce = atOnceWith({ ...shared, snapshots, many, reserveSku, log });
  const surroundings = { log, now, answerAtOnce: answersAtOnce ? answerAtOnce : () => null };
  return createApp(routes, surroundings, async () => officeRoutes(shared));
}

/** What the routes of a shop that sells and those of the office share. */
function sharedDeps({ database, directories, stock, carts, rateLimits, buyerHashSecret, now }: ApiParts) {
  const keys = keyCache(database, now);
  const limits = requestLimitsWith(rateLimits, directories, now);
  return {
    db: database,
    allow: allowWith(keys.identify, limits.limitRequests),
    keys,
    limits,
    directories,
    names: cachedNames(database, directories, now),
    stock,
    carts,
    hashBuyer: buyerHasher(buyerHashSecret),
    projected: (skus: readonly Sku[]) => snapshotsOf(database, skus),
    now,
  };
}
