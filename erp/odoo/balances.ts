import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import type { ErpBalance, ErpBalancePage } from '../port.ts';
import { allRows, type OdooClient } from './client.ts';
import { itemPage, itemsBy, type Item } from './items.ts';
import { placeKey, type Places } from './places.ts';
import { id, link, quantity } from './values.ts';
import { zonesOf } from './zones.ts';

// Read from the quantities themselves, not from the products': those depend on a key of the context that is `warehouse` up
// to 17 and `warehouse_id` from 18, and Odoo ignores the wrong one without a word.

/** Pages of items: an item's quantities come together, however many locations, lots and packages they are spread over. */
export async function balancePage(
  client: OdooClient,
  places: Places,
  { after, limit }: { readonly after: number; readonly limit: number },
  signal: AbortSignal,
): Promise<ErpBalancePage> {
  const items = await itemPage(client, places, { after, limit }, signal);
  const last = items.at(-1);
  return {
    items: await quantitiesOf(client, places, items, signal),
    nextCursor: last === undefined || items.length < limit ? null : String(last.id),
  };
}

export async function balancesOfItems(client: OdooClient, places: Places, skus: readonly Sku[], signal: AbortSignal) {
  if (skus.length === 0) return [];
  return quantitiesOf(client, places, await itemsBy(client, places, [['default_code', 'in', skus]], signal), signal);
}

async function quantitiesOf(
  client: OdooClient,
  places: Places,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly ErpBalance[]> {
  if (items.length === 0) return [];
  const domain = [
    ['product_id', 'in', items.map((item) => item.id)],
    ['location_id', 'child_of', [...places.roots.keys()]],
  ];
  const search = {
    model: 'stock.quant',
    domain,
    fields: ['product_id', 'location_id', 'quantity'],
    context: { allowed_company_ids: [places.company] },
  };
  const quants = Map.groupBy(await allRows(client, search, quantRows, signal), ({ product_id }) => product_id);
  const locations = [...quants.values()].flat().map(({ location_id }) => location_id);
  const zones = await zonesOf(client, places, locations, signal);

  return items.flatMap(({ id: item, sku }) => {
    const sums = new Map<string, ErpBalance>();
    for (const { location_id, quantity } of quants.get(item) ?? []) {
      const root = zones.get(location_id)?.root;
      if (root === null || root === undefined) continue;
      const at = placeKey(root.location, root.status);
      const sum = sums.get(at) ?? { sku, ...root, onHand: 0, committed: 0, mark: null };
      sums.set(at, { ...sum, onHand: sum.onHand + quantity });
    }
    return [...sums.values()].map((sum) => ({ ...sum, onHand: wholeUnits(sum.onHand) }));
  });
}

const quantRows = z.array(z.object({ id, product_id: link, location_id: link, quantity }));

// Sums of floats are a hair beside whole numbers. Part of a unit that really is there cannot be sold.
function wholeUnits(sum: number): number {
  return Math.floor(Math.round(sum * 1_000_000) / 1_000_000) + 0;
}
