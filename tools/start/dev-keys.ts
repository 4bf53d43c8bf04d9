import * as z from 'zod';
import { INSERT_KEY, keyValues, type FirstKey } from '../api-key-row.ts';
import type { Database } from './databases.ts';
import { keptOrMade, secret, type State } from './state.ts';

const schema = z.object({ admin: z.string(), stock: z.string(), sales_web: z.string(), feeds: z.string() });

/** One API key for each role, for the person who tries things out. */
export type DevKeys = z.infer<typeof schema>;

/** The same keys at every start of one state, so that scripts and shell history go on working. */
export async function devKeys(state: State): Promise<DevKeys> {
  return keptOrMade(state.keysFile, schema, () => ({
    admin: `hf_admin_${secret()}`,
    stock: `hf_stock_${secret()}`,
    sales_web: `hf_sales_web_${secret()}`,
    feeds: `hf_feeds_${secret()}`,
  }));
}

/** The first keys go straight into the database, as a deployment's script puts them: nobody could ask the API without one. */
export async function admitDevKeys(database: Database, keys: DevKeys): Promise<void> {
  const nowMs = Date.now();
  const insertKey = database.prepare(INSERT_KEY);
  await database.batch([
    ...Object.entries(keys).map(([id, key]) => insertKey.bind(...keyValues({ id, key, name: id, ...ROLES[roleOf(id)] }, nowMs))),
    database.prepare(`INSERT INTO channel (id, name, locations, buffer, class, stop_sell, sold_out_hint, version)
      VALUES ('web', 'Web shop', NULL, 0, 100, 0, 0, 1) ON CONFLICT (id) DO NOTHING`),
    database.prepare(`INSERT INTO source (id, name, books, erp_connection, version)
      VALUES ('erp', 'Reference ERP', 'erp', NULL, 1), ('wms', 'Warehouse', 'front', NULL, 1), ('pos', 'Tills', 'front', NULL, 1)
      ON CONFLICT (id) DO NOTHING`),
    database.prepare('UPDATE network_version SET version = version + 1'),
  ]);
}

type Role = Pick<FirstKey, 'scopes' | 'channel' | 'sources'>;

const ROLES: Readonly<Record<keyof DevKeys, Role>> = {
  admin: { scopes: ['admin'] },
  stock: { scopes: ['stock:write'], sources: ['erp', 'wms', 'pos'] },
  sales_web: { scopes: ['availability:read', 'reservations:write'], channel: 'web' },
  feeds: { scopes: ['feeds:read'] },
};

const roleOf = (id: string): keyof DevKeys => schema.keyof().parse(id);
