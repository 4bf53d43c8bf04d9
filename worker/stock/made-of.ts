import type { ItemRequest } from '../../contracts/catalogue.ts';
import type { Sku } from '../../domain/ids.ts';
import { DEFAULT_POLICY, wholePolicy, type ItemPolicy } from '../../domain/stock.ts';
import type { Items } from '../catalogue/items.ts';
import type { Component } from '../catalogue/kits.ts';
import type { Names } from '../catalogue/names.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from './stock-gateway.ts';

interface Parts {
  readonly names: Names;
  readonly items: Items;
  readonly stock: StockGateway;
}

/** The components that a request names, if the item may be made of them. Whether one contains it says the database. */
export async function madeOf(
  sku: Sku,
  named: ItemRequest['components'],
  { names, items, stock }: Parts,
): Promise<readonly Component[] | Refused> {
  if (named.length === 0) return [];
  const itemOf = await names.items(named.map(({ sku: name }) => ({ name })));
  const components: Component[] = [];
  for (const { sku: name, factor } of named) {
    if (name === sku) return new Refused('kit_cycle', `components: ${sku} would contain itself`);
    const item = itemOf({ name });
    if (item instanceof Refused) {
      return item.code === 'sku_unknown' ? new Refused('component_unknown', `components: ${item.detail}`) : item;
    }
    if (components.some((one) => one.sku === item.sku)) {
      return new Refused('invalid_request', `components: ${item.sku} is named twice`);
    }
    components.push({ sku: item.sku, factor });
  }
  return (await whyNoKit(sku, items, stock)) ?? components;
}

/** A kit has no stock, so an item that has some, or owes some, cannot become one. */
async function whyNoKit(sku: Sku, items: Items, stock: StockGateway): Promise<Refused | null> {
  const row = await items.find(sku);
  if (row === null || (await items.components(sku)).length > 0) return null;
  const beside = policyBesideKit(wholePolicy(row.policy));
  if (beside !== null)
    return new Refused('invalid_request', `components: ${beside}; take that out of the policy of ${sku} first`);

  if ((row.receipts ?? []).length > 0) {
    return new Refused('invalid_request', `components: receipts of ${sku} are scheduled, and a kit has no stock`);
  }
  const explained = await stock.ask(sku, (stub) => stub.explain({ channel: null, after: null, limit: 1 }));
  if (explained === null || explained instanceof Refused) return explained;
  const held = explained.balances.find(({ onHand }) => onHand !== 0);
  if (held !== undefined) {
    const { onHand, location, status } = held;
    return new Refused(
      'invalid_request',
      `components: ${sku} has ${onHand} units on hand at ${location} (${status}), and a kit has no stock`,
    );
  }
  const { places, backordered } = explained.snapshot.terms;
  const owes = backordered > 0 || places.some(({ reserved, committed }) => reserved > 0 || committed > 0);
  return owes
    ? new Refused('invalid_request', `components: units of ${sku} are promised, and a kit has no stock of its own`)
    : null;
}

/** What a kit's policy says that only an item with stock can have; null: nothing. */
export function policyBesideKit(policy: ItemPolicy): string | null {
  const { lowStockAt, stopSell } = policy;
  const ofKit: ItemPolicy = { ...DEFAULT_POLICY, lowStockAt, stopSell };
  return JSON.stringify(sorted(policy)) === JSON.stringify(sorted(ofKit))
    ? null
    : 'a kit has a low_stock_at and a stop_sell only';
}

function sorted(policy: ItemPolicy): readonly (readonly [string, unknown])[] {
  return Object.entries(policy).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
