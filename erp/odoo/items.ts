import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import { allRows, type OdooClient } from './client.ts';
import type { Places } from './places.ts';
import { eachOnce, id, maybeLink, maybeText, type Domain } from './values.ts';

export interface Item {
  readonly id: number;
  readonly sku: Sku;
  readonly name: string;
  readonly barcode: string | null;
  readonly active: boolean;
  /** Odoo keeps quantities of it. */
  readonly stocked: boolean;
  /** Where its adjustments come from and go to. */
  readonly losses: number;
}

/** Products that have an internal reference; the others are nobody's here. Archived ones may still have stock. */
export async function itemsBy(client: OdooClient, places: Places, domain: Domain, signal: AbortSignal): Promise<readonly Item[]> {
  const rows = await allRows(client, itemSearch(places, domain), itemRows, signal);
  return rows.map((row) => itemOf(row, places));
}

/** The next page of them after an id. */
export async function itemPage(
  client: OdooClient,
  places: Places,
  { after, limit }: { readonly after: number; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const { model, domain, fields, context } = itemSearch(places, [...stocked(places), ['id', '>', after]]);
  const rows = await client.ask(
    { model, method: 'search_read', named: { domain, fields, order: 'id', limit }, context },
    itemRows,
    signal,
  );
  return rows.map((row) => itemOf(row, places));
}

function itemSearch({ productsAreStorable, company }: Places, domain: Domain) {
  const kind = productsAreStorable ? 'is_storable' : 'type';
  return {
    model: 'product.product',
    domain: [['default_code', '!=', false], ...domain],
    fields: ['default_code', 'name', 'barcode', 'active', 'property_stock_inventory', kind],
    context: { active_test: false, allowed_company_ids: [company] },
  };
}

function stocked({ productsAreStorable }: Places): Domain {
  return [productsAreStorable ? ['is_storable', '=', true] : ['type', '=', 'product']];
}

const itemRows = eachOnce(
  z.object({
    id,
    default_code: z.string().min(1),
    name: z.string(),
    barcode: maybeText,
    active: z.boolean(),
    property_stock_inventory: maybeLink,
    is_storable: z.boolean().optional(),
    type: z.string().optional(),
  }),
);
type ItemRow = z.output<typeof itemRows>[number];

function itemOf(row: ItemRow, places: Places): Item {
  return {
    id: row.id,
    sku: row.default_code as Sku,
    name: row.name,
    barcode: row.barcode,
    active: row.active,
    stocked: row.is_storable ?? row.type === 'product',
    losses: row.property_stock_inventory ?? places.losses,
  };
}
