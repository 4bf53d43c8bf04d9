import type { SourceId, Sku } from '../../domain/ids.ts';
import type { IssueAt } from '../../domain/posting.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { ErpPort } from '../../erp/port.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import type { ReconciliationSettings } from './settings.ts';

/** What a run needs of its surroundings. */
export interface ReconciliationParts {
  readonly db: D1Database;
  readonly connection: SourceId;
  readonly erp: Pick<ErpPort, 'balances' | 'balancesOf' | 'find' | 'batchMax'>;
  readonly stock: Pick<StockGateway, 'execute'>;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'standing' | 'compare'>;
  readonly issueAt: IssueAt;
  readonly settings: ReconciliationSettings;
  /** Reads the ERP's feed to its end, or to this mark; true: it got there, so what a number held when it was read is booked here. */
  readonly followFeed: (untilMark: number | null) => Promise<boolean>;
  readonly nowMs: () => number;
}
