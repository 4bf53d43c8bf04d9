import { Hono } from 'hono';
import type * as z from 'zod';
import { receiptsRequest, type ReceiptsReply } from '../../contracts/catalogue.ts';
import type { Receipt } from '../../domain/stock.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { Items } from '../catalogue/items.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import { bodyOf } from '../request/body.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { publishItem } from '../stock/publish-item.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { rowOf } from './items.ts';

export interface ReceiptDeps {
  readonly allow: Allow;
  readonly items: Items;
  readonly names: Names;
  readonly stock: StockGateway;
}

/** Goods that are expected, so that a promise of what is not there yet can bear a date. */
export function receiptRoutes({ allow, items, names, stock }: ReceiptDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .put('/v1/items/:sku/receipts', allow('admin'), async (c) => {
      const body = await bodyOf(c, receiptsRequest);
      if (body instanceof Refused) return problem(c, body);
      const before = await rowOf(c.req.param('sku'), items);
      if (before instanceof Refused) return problem(c, before);
      const receipts = await receiptsOf(body.value.receipts, names);
      if (receipts instanceof Refused) return problem(c, receipts);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const { sku } = before;
      if (receipts.length > 0 && (await items.components(sku)).length > 0) {
        return problem(c, new Refused('invalid_request', `${sku} is a kit, and nothing of it is received: schedule its parts`));
      }
      const put = await items.putReceipts(sku, receipts, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      const refused = await publishItem(sku, c.var.trace.traceId, { items, stock });
      if (refused !== null) return problem(c, refused);
      c.var.noted.sku = sku;
      return c.json(receiptsReply(put.row.receipts ?? []), put.outcome === 'created' ? 201 : 200, {
        etag: etagOf(put.row.receiptsVersion),
      });
    })

    .get('/v1/items/:sku/receipts', allow('admin'), async (c) => {
      const row = await rowOf(c.req.param('sku'), items);
      if (row instanceof Refused) return problem(c, row);
      return c.json(receiptsReply(row.receipts ?? []), 200, { etag: etagOf(row.receiptsVersion) });
    });
}

async function receiptsOf(
  asked: z.output<typeof receiptsRequest>['receipts'],
  names: Names,
): Promise<readonly Receipt[] | Refused> {
  const locationOf = await names.locations(asked.map(({ location }) => location));
  const receipts: Receipt[] = [];
  for (const { location: name, quantity, expected_at: expectedAtMs } of asked) {
    const location = locationOf(name);
    if (location instanceof Refused) return location;
    receipts.push({ location, quantity, expectedAtMs });
  }
  return receipts;
}

function receiptsReply(receipts: readonly Receipt[]): ReceiptsReply {
  return {
    receipts: receipts.map(({ location, quantity, expectedAtMs }) => ({
      location,
      quantity,
      expected_at: written(expectedAtMs),
    })),
  };
}
