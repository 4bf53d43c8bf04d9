import { Hono } from 'hono';
import { explainQuery } from '../../contracts/availability.ts';
import type { AppEnv } from '../app-env.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Items } from '../catalogue/items.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { explainKitReply } from '../replies/explain-kit-reply.ts';
import { explainReply } from '../replies/explain-reply.ts';
import { queryOf } from '../request/body.ts';
import { afterOf, cursorOf } from '../request/pages.ts';
import { heldIdIn } from '../request/reservation-id.ts';
import { explainKit } from '../stock/explain-kit.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { inPath, itemInPath, sellingChannel } from './availability.ts';

export interface ExplainDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly directories: Directories;
  readonly items: Items;
  readonly stock: StockGateway;
  /** When the ERP's feed was last read to its end. */
  readonly feedReadAt: () => Promise<number | null>;
}

/** Why a number is what it is: for whoever looks into it, and not while something is sold. */
export function explainRoutes({ allow, names, directories, items, stock, feedReadAt }: ExplainDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/availability/:sku/explain', allow('availability:read'), async (c) => {
    const query = queryOf(c, explainQuery);
    if (query instanceof Refused) return problem(c, query);
    const after = afterOf(query.cursor);
    if (after instanceof Refused) return problem(c, after);
    const channel = await sellingChannel(c.var.principal, query.channel, names);
    if (channel instanceof Refused) return problem(c, channel);
    const item = await itemInPath(c.req.param('sku'), names);
    if (item instanceof Refused) return problem(c, item);
    const { sku, kit } = item;
    c.var.noted.sku = sku;
    const { network } = await directories.current();
    if (kit !== null) {
      const explained = await explainKit({ ...item, kit }, channel.id, { items, stock });
      if (explained instanceof Refused) return problem(c, explained);
      return c.json(explainKitReply(explained, { network, channel: channel.id, feedReadAtMs: await feedReadAt() }));
    }

    const page = { channel: channel.id, after: heldIdIn(after), limit: query.limit };
    const [explained, row, feedReadAtMs] = await Promise.all([
      stock.ask(sku, (stub) => stub.explain(page)),
      items.find(sku),
      feedReadAt(),
    ]);
    if (explained instanceof Refused) return problem(c, explained);
    if (explained === null) return problem(c, inPath(new Refused('sku_unknown', `there is no item ${sku}`)));
    const cursor = explained.nextCursor === null ? null : cursorOf(explained.nextCursor);
    return c.json(
      explainReply(explained, { network, channel: channel.id, policyVersion: row?.policyVersion ?? 0, feedReadAtMs, cursor }),
    );
  });
}
