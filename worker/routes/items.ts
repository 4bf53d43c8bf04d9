import { Hono } from 'hono';
import { itemRequest, policyRequest, type ItemReply, type PolicyReply } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import { DEFAULT_POLICY, type ItemPolicy } from '../../domain/stock.ts';
import type * as z from 'zod';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf } from '../request/body.ts';
import type { ItemRow, Items } from '../catalogue/items.ts';
import type { Names } from '../catalogue/names.ts';
import { publishItem } from '../stock/publish-item.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { skuInPath } from '../request/path-names.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';

export interface ItemDeps {
  readonly allow: Allow;
  readonly items: Items;
  readonly names: Names;
  readonly stock: StockGateway;
}

export function itemRoutes({ allow, items, names, stock }: ItemDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .put('/v1/items/:sku', allow('admin'), async (c) => {
      const sku = skuInPath(c.req.param('sku'));
      if (sku instanceof Refused) return problem(c, new Refused('invalid_request', `sku: ${sku.detail}`));
      const body = await bodyOf(c, itemRequest);
      if (body instanceof Refused) return problem(c, body);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const put = await items.put(sku, body.value, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      const refused = await publishItem(sku, c.var.trace.traceId, { items, stock });
      if (refused !== null) return problem(c, refused);
      c.var.noted.sku = sku;
      return c.json(itemReply(put.row, body.value.aliases), put.created ? 201 : 200, { etag: etagOf(put.row.version) });
    })

    .get('/v1/items/:sku', allow('admin'), async (c) => {
      const row = await rowOf(c.req.param('sku'), items);
      if (row instanceof Refused) return problem(c, row);
      return c.json(itemReply(row, await items.aliases(row.sku)), 200, { etag: etagOf(row.version) });
    })

    .put('/v1/items/:sku/policy', allow('admin'), async (c) => {
      const body = await bodyOf(c, policyRequest);
      if (body instanceof Refused) return problem(c, body);
      const sku = skuInPath(c.req.param('sku'));
      if (sku instanceof Refused) return problem(c, sku);
      const policy = await policyOf(body.value, names);
      if (policy instanceof Refused) return problem(c, policy);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const put = await items.putPolicy(sku, policy, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      const refused = await publishItem(sku, c.var.trace.traceId, { items, stock });
      if (refused !== null) return problem(c, refused);
      c.var.noted.sku = sku;
      return c.json(policyReply(policy), put.created ? 201 : 200, { etag: etagOf(put.row.policyVersion) });
    })

    .get('/v1/items/:sku/policy', allow('admin'), async (c) => {
      const row = await rowOf(c.req.param('sku'), items);
      if (row instanceof Refused) return problem(c, row);
      return c.json(policyReply(row.policy ?? DEFAULT_POLICY), 200, { etag: etagOf(row.policyVersion) });
    });
}

async function rowOf(text: string, items: Items): Promise<ItemRow | Refused> {
  const sku = skuInPath(text);
  if (sku instanceof Refused) return sku;
  return (await items.find(sku)) ?? new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true });
}

async function policyOf(request: z.output<typeof policyRequest>, names: Names): Promise<ItemPolicy | Refused> {
  const locationOf = await names.locations(request.safety_stock.map(({ location }) => location));
  const safetyStock: ItemPolicy['safetyStock'][number][] = [];
  for (const { location: name, quantity } of request.safety_stock) {
    const location = locationOf(name);
    if (location instanceof Refused) return location;
    if (safetyStock.some((one) => one.location === location)) return twice('safety_stock', location);
    safetyStock.push({ location, quantity });
  }
  for (const [index, { channel }] of request.buffers.entries()) {
    const known = await names.channel(channel);
    if (known instanceof Refused) return known;
    if (request.buffers.findIndex((one) => one.channel === channel) < index) return twice('buffers', channel);
  }
  const { backorder_limit: backorderLimit, low_stock_at: lowStockAt, buffers, stop_sell: stopSell } = request;
  return { backorderLimit, lowStockAt, safetyStock, buffers, stopSell };
}

function twice(field: string, name: string): Refused {
  return new Refused('invalid_request', `${field}: ${name} is named twice`);
}

function itemReply({ sku, name, status, units }: ItemRow, aliases: readonly Alias[]): ItemReply {
  return { sku, name, status, aliases: [...aliases], units: [...units] };
}

function policyReply({ backorderLimit, lowStockAt, safetyStock, buffers, stopSell }: ItemPolicy): PolicyReply {
  return {
    backorder_limit: backorderLimit,
    low_stock_at: lowStockAt,
    safety_stock: [...safetyStock],
    buffers: [...buffers],
    stop_sell: stopSell,
  };
}
