import { Hono } from 'hono';
import { auditBooks } from '../ledger/audit.ts';

export const auditRoutes = (database: D1Database) =>
  new Hono().get('/erp/v1/audit', async (c) => c.json(await auditBooks(database)));
