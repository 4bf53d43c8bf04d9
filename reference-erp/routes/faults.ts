import { Hono } from 'hono';
import { ERP_PATHS, erpFaults } from '../../contracts/generic-erp.ts';
import { readFaults, replaceFaults } from '../faults/fault-store.ts';
import { validJson } from '../valid.ts';

export const faultRoutes = (database: D1Database) =>
  new Hono()
    .get(ERP_PATHS.faults, async (c) => c.json((await readFaults(database)).faults))
    .put(ERP_PATHS.faults, validJson(erpFaults), async (c) => {
      const faults = c.req.valid('json');
      await replaceFaults(database, faults);
      return c.json(faults);
    });
