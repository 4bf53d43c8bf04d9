import { drizzle } from 'drizzle-orm/d1';
import type { InboundMessage } from '../../contracts/inbound-messages.ts';
import type { LocationId, SourceId } from '../../domain/ids.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { ErpPort } from '../../erp/port.ts';
import { auditLogIn } from '../audit/audit-log.ts';
import type { KeepAlive } from '../cache/singleflight.ts';
import type { Directories } from '../catalogue/directory.ts';
import { itemsIn } from '../catalogue/items.ts';
import { cachedNames } from '../catalogue/names.ts';
import { networkRowsIn } from '../catalogue/network-rows.ts';
import type { ImportFiles } from '../imports/files.ts';
import { importStoreIn } from '../imports/import-store.ts';
import type { BookInboundDeps } from '../jobs/book-inbound.ts';
import type { RunImportsDeps } from '../jobs/run-imports.ts';
import type { Principal } from '../middleware/principal.ts';
import { noteBooked, registered } from '../orders/order-registry.ts';
import { keepCounts } from '../reconciliation/stated-counts.ts';
import type { CartGateway } from '../stock/cart-gateway.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { speakerOf, stateAnyWith } from './state-any.ts';

export interface InboundGiven {
  readonly db: D1Database;
  readonly directories: Directories;
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly erp: ErpPort;
  readonly issueAt: IssueAt;
  readonly files: ImportFiles;
  readonly sendInbound: (messages: readonly InboundMessage[], delaySeconds?: number) => Promise<void>;
  readonly sendStep: (id: string) => Promise<void>;
  readonly keepAlive: KeepAlive;
  readonly wait: RunImportsDeps['wait'];
  readonly nowMs: () => number;
}

/** What the consumers of inbound facts and of imports need, over one database and the objects, wherever these run. */
export function inboundParts({ keepAlive, carts, ...given }: InboundGiven): BookInboundDeps & RunImportsDeps {
  const { db: database, directories, stock, issueAt, nowMs } = given;
  const db = drizzle(database);
  const audit = auditLogIn(db, nowMs);
  const names = cachedNames(database, directories, nowMs);
  return {
    ...given,
    names,
    items: itemsIn(db, audit, nowMs),
    networkRows: networkRowsIn(db, audit),
    imports: importStoreIn(database, audit, nowMs),
    stateAny: stateAnyWith({
      names,
      stock,
      keepCounts: (counts) => keepCounts(database, counts),
      carts,
      issueAt,
      registered: (orders) => registered(database, orders, nowMs()),
      noteBooked: (orders) => keepAlive(noteBooked(database, orders, nowMs()).catch(() => undefined)),
    }),
    speakerOf: (actor, source) => speakerWhoIs(database, actor, source),
  };
}

/** What a key may state is asked when its file is read, which may be long after it was sent. */
async function speakerWhoIs(db: D1Database, actor: string, source: SourceId): Promise<Principal> {
  const row = await db.prepare('SELECT locations FROM api_key WHERE id = ?').bind(actor).first<{ locations: string | null }>();
  if (row === null) throw new Error('whoever began an import has an API key');
  const locations = row.locations === null ? null : (JSON.parse(row.locations) as readonly LocationId[]);
  return { ...speakerOf(source), locations };
}
