import { setTimeout as sleep } from 'node:timers/promises';
import type { StockStatus } from '../../domain/stock.ts';
import { rowsIn, trytonUser, type TrytonUser } from '../tryton/ask-tryton.ts';
import type { Credentials } from '../tryton/credentials.ts';
import { addProducts, addWarehouse, productIds } from '../tryton/set-up.ts';
import type { ErpBalance } from './compare.ts';
import type { ErpSide } from './erp-side.ts';
import type { Patience } from './patience.ts';
import { PLACES } from './sales-network.ts';

const PRODUCTS_PAGE = 500;

/** A Tryton, read as its administrator reads it and by no code that the front runs. It may go away and come back. */
export function trytonSide({ url, adminPassword }: Credentials, patience: Patience): ErpSide {
  const asAdmin = <Answer>(work: (admin: TrytonUser) => Promise<Answer>): Promise<Answer> =>
    untilAnswered(patience, async () => work(await trytonUser(url, 'admin', adminPassword)));
  return {
    prepare: (skus) =>
      asAdmin(async (admin) => {
        const places = (await zonesOf(admin)).map(({ location }) => location);
        for (const place of Object.keys(PLACES)) if (!places.includes(place)) await addWarehouse(admin, place);
        const known = await productIds(admin, skus);
        await addProducts(
          admin,
          skus.filter((sku) => !known.has(sku)),
        );
      }),
    balances: () => asAdmin(balancesOf),
  };
}

interface Zone {
  readonly id: number;
  readonly location: string;
  readonly status: StockStatus;
}

async function zonesOf(admin: TrytonUser): Promise<readonly Zone[]> {
  const args = [[['type', '=', 'warehouse']], 0, null, null, ['code', 'storage_location', 'input_location']];
  const warehouses = rowsIn(await admin.ask('stock.location.search_read', args));
  return warehouses.flatMap(({ code, storage_location, input_location }): Zone[] => [
    { id: Number(storage_location), location: String(code), status: 'sellable' },
    { id: Number(input_location), location: String(code), status: 'quality_control' },
  ]);
}

async function balancesOf(admin: TrytonUser): Promise<ReadonlyMap<string, readonly ErpBalance[]>> {
  const balances = new Map<string, ErpBalance[]>();
  for (const { id, location, status } of await zonesOf(admin)) {
    for (let offset = 0; ; offset += PRODUCTS_PAGE) {
      const args = [[], offset, PRODUCTS_PAGE, [['id', 'ASC']], ['code', 'quantity']];
      const rows = rowsIn(await admin.ask('product.product.search_read', args, { locations: [id], with_childs: true }));
      for (const { code, quantity } of rows) {
        if (Number(quantity) === 0) continue;
        const balance = { location, status, on_hand: Number(quantity) };
        balances.set(String(code), [...(balances.get(String(code)) ?? []), balance]);
      }
      if (rows.length < PRODUCTS_PAGE) break;
    }
  }
  return balances;
}

async function untilAnswered<Answer>({ askingMsMax, pollMs }: Patience, ask: () => Promise<Answer>): Promise<Answer> {
  const endMs = performance.now() + askingMsMax;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // A connection that breaks is a TypeError of fetch; what Tryton says is an Error, and will not change.
      if (!(error instanceof TypeError) || performance.now() > endMs) throw error;
      await sleep(pollMs);
    }
  }
}
