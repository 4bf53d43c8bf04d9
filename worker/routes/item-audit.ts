import { Hono } from 'hono';
import type { ItemAuditReply } from '../../contracts/item-audit.ts';
import type { AppEnv } from '../app-env.ts';
import type { Items } from '../catalogue/items.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { auditItem } from '../proof/audit-item.ts';
import type { Segments } from '../proof/segments.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { rowOf } from './items.ts';

export interface ItemAuditDeps {
  readonly allow: Allow;
  readonly items: Items;
  readonly stock: StockGateway;
  readonly segments: Segments;
}

/** The proof of one item's numbers, whenever somebody asks. It changes nothing. */
export function itemAuditRoutes({ allow, items, stock, segments }: ItemAuditDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/items/:sku/audit', allow('admin'), async (c) => {
    const row = await rowOf(c.req.param('sku'), items);
    if (row instanceof Refused) return problem(c, row);
    const audited = await auditItem(row.sku, { stock, segments });
    if (audited instanceof Refused) return problem(c, audited);
    c.var.noted.sku = row.sku;
    return c.json({ sku: row.sku, sequence: audited.sequence, checks: [...audited.checks] } satisfies ItemAuditReply);
  });
}
