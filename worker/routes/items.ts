import { Hono } from 'hono';
import { itemRequest, type ItemReply } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf } from '../request/body.ts';
import type { ItemRow, Items } from '../catalogue/items.ts';
import type { Component } from '../catalogue/kits.ts';
import type { Names } from '../catalogue/names.ts';
import { madeOf } from '../stock/made-of.ts';
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
      const components = await madeOf(sku, body.value.components, { names, items, stock });
      if (components instanceof Refused) return problem(c, components);
      const put = await items.put(sku, { ...body.value, components }, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      const refused = await publishItem(sku, c.var.trace.traceId, { items, stock });
      if (refused !== null) return problem(c, refused);
      c.var.noted.sku = sku;
      const etag = etagOf(put.row.version);
      if (put.outcome === 'unchanged') return c.json(await replyOf(put.row, items), 200, { etag });
      const reply = itemReply(put.row, body.value.aliases, components);
      return c.json(reply, put.outcome === 'created' ? 201 : 200, { etag });
    })

    .get('/v1/items/:sku', allow('admin'), async (c) => {
      const row = await rowOf(c.req.param('sku'), items);
      if (row instanceof Refused) return problem(c, row);
      return c.json(await replyOf(row, items), 200, { etag: etagOf(row.version) });
    });
}

/** The catalogue's row of the item that a path names. */
export async function rowOf(text: string, items: Items): Promise<ItemRow | Refused> {
  const sku = skuInPath(text);
  if (sku instanceof Refused) return sku;
  return (await items.find(sku)) ?? new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true });
}

/** The row was read first: whoever changes the rest meanwhile has raised its version. */
async function replyOf(row: ItemRow, items: Items): Promise<ItemReply> {
  const [aliases, components] = await Promise.all([items.aliases(row.sku), items.components(row.sku)]);
  return itemReply(row, aliases, components);
}

function itemReply(
  { sku, name, status, units }: ItemRow,
  aliases: readonly Alias[],
  components: readonly Component[],
): ItemReply {
  return { sku, name, status, aliases: [...aliases], units: [...units], components: [...components] };
}
