import { Hono } from 'hono';
import { ERP_PATHS, erpChangesQuery } from '../../contracts/generic-erp.ts';
import { readChanges } from '../ledger/read.ts';
import { validQuery } from '../valid.ts';

export const changeRoutes = (database: D1Database) =>
  new Hono().get(ERP_PATHS.changes, validQuery(erpChangesQuery), async (c) => {
    const { after, limit } = c.req.valid('query');
    return c.json(await readChanges(database, Number(after), limit));
  });
