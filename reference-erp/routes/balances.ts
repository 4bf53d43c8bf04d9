import { Hono } from 'hono';
import { ERP_PATHS, erpBalancesQuery } from '../../contracts/generic-erp.ts';
import { placeIn } from '../ledger/place.ts';
import { readBalances } from '../ledger/read.ts';
import { problem } from '../problem.ts';
import { validQuery } from '../valid.ts';

export const balanceRoutes = (database: D1Database) =>
  new Hono().get(ERP_PATHS.balances, validQuery(erpBalancesQuery), async (c) => {
    const { after: cursor, sku = null, limit } = c.req.valid('query');
    const after = cursor === undefined ? null : placeIn(cursor);
    if (cursor !== undefined && after === null) return problem(c, 'invalid_request', 'after: not a cursor of this list');
    return c.json(await readBalances(database, { after, sku, limit }));
  });
