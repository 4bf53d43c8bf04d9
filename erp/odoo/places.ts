import * as z from 'zod';
import type { LocationId } from '../../domain/ids.ts';
import type { StockStatus } from '../../domain/stock.ts';
import { ErpUnavailable } from '../port.ts';
import { allRows, type OdooClient } from './client.ts';
import { ODOO_PLACES_MS_MAX } from './limits.ts';
import type { OdooOptions } from './options.ts';
import { id, link, maybeLink } from './values.ts';

/** What we must know of an Odoo before we can speak with it; it changes rarely. */
export interface Places {
  readonly company: number;
  readonly warehouses: ReadonlyMap<string, Warehouse>;
  /** Locations whose units, with those of all locations below, are one number of ours. */
  readonly roots: ReadonlyMap<number, Root>;
  readonly rootOf: ReadonlyMap<string, number>;
  readonly customers: number;
  readonly suppliers: number;
  /** Where adjustments come from and go to, unless the item names another. */
  readonly losses: number;
  /** Up to 18 a move must have a description. */
  readonly movesHaveNames: boolean;
  /** From 18 a product says by itself whether it has stock; before, its type does. */
  readonly productsAreStorable: boolean;
}

export interface Warehouse {
  readonly code: string;
  readonly name: string;
  readonly incoming: number;
  readonly outgoing: number;
  readonly internal: number;
}

export interface Root {
  readonly location: LocationId;
  readonly status: StockStatus;
}

export function placeKey(location: LocationId, status: StockStatus): string {
  return JSON.stringify([location, status]);
}

/** What was read a while ago, or reads it. */
export function placesReader(client: OdooClient, options: OdooOptions, nowMs: () => number) {
  let known: { readonly places: Places; readonly readAtMs: number } | null = null;
  return async (signal: AbortSignal): Promise<Places> => {
    const now = nowMs();
    if (known !== null && now - known.readAtMs < ODOO_PLACES_MS_MAX) return known.places;
    known = { places: await readPlaces(client, options, signal), readAtMs: now };
    return known.places;
  };
}

async function readPlaces(client: OdooClient, options: OdooOptions, signal: AbortSignal): Promise<Places> {
  // The first one alone, so that only one logs in.
  const movesHaveNames = await hasField(client, 'stock.move', 'name', signal);
  const [warehouses, others, productsAreStorable] = await Promise.all([
    allRows(client, warehouseSearch(options), z.array(warehouseRow), signal),
    allRows(client, COUNTERPARTS, z.array(counterpartRow), signal),
    hasField(client, 'product.product', 'is_storable', signal),
  ]);
  const [first] = warehouses;
  if (first === undefined) throw new ErpUnavailable('Odoo shows this user no warehouse.');
  const company = first.company_id;
  if (warehouses.some(({ company_id }) => company_id !== company))
    throw new ErpUnavailable('Odoo shows this user warehouses of several companies: ERP_OPTIONS must name the `company`.');
  const counterpart = (usage: string): number => {
    const found = others.find((other) => other.usage === usage && (other.company_id === null || other.company_id === company));
    if (found === undefined) throw new ErpUnavailable(`Odoo shows this user no location for ${usage}.`);
    return found.id;
  };
  const roots = new Map<number, Root>([
    ...(await zones(client, options, warehouses, signal)),
    ...warehouses.map(({ code, lot_stock_id }) => [lot_stock_id, { location: code as LocationId, status: 'sellable' }] as const),
  ]);
  return {
    company,
    warehouses: new Map(warehouses.map((row) => [row.code, warehouseOf(row)])),
    roots,
    rootOf: new Map([...roots].map(([root, { location, status }]) => [placeKey(location, status), root])),
    customers: counterpart('customer'),
    suppliers: counterpart('supplier'),
    losses: counterpart('inventory'),
    movesHaveNames,
    productsAreStorable,
  };
}

/** Locations of the statuses that the options name, where a warehouse has them. */
async function zones(
  client: OdooClient,
  { statuses }: OdooOptions,
  warehouses: readonly WarehouseRow[],
  signal: AbortSignal,
): Promise<readonly (readonly [number, Root])[]> {
  const wanted = new Map<string, Root>();
  for (const { code, view_location_id: view } of warehouses) {
    for (const [status, path] of Object.entries(statuses) as [StockStatus, string][])
      wanted.set(`${view.name}/${path}`, { location: code as LocationId, status });
  }
  if (wanted.size === 0) return [];
  const domain = [
    ['complete_name', 'in', [...wanted.keys()]],
    ['location_id', 'child_of', warehouses.map(({ view_location_id }) => view_location_id.id)],
  ];
  const search = { model: 'stock.location', domain, fields: ['complete_name'] };
  const found = await allRows(client, search, z.array(z.object({ id, complete_name: z.string() })), signal);
  return found.flatMap(({ id: zone, complete_name }) => {
    const root = wanted.get(complete_name);
    return root === undefined ? [] : [[zone, root] as const];
  });
}

/** Whether a model has a field. One that every version has is asked for beside it, so that an error is not taken for "no". */
async function hasField(client: OdooClient, model: string, field: string, signal: AbortSignal): Promise<boolean> {
  const named = { allfields: [ALWAYS_THERE, field], attributes: ['type'] };
  const described = z.object({ type: z.string() });
  const reply = z.object({ [ALWAYS_THERE]: described, [field]: described.optional() });
  const found = await client.ask({ model, method: 'fields_get', named }, reply, signal);
  return found[field] !== undefined;
}

const ALWAYS_THERE = 'write_date';

function warehouseSearch({ company }: OdooOptions) {
  return {
    model: 'stock.warehouse',
    domain: company === undefined ? [] : [['company_id.name', '=', company]],
    fields: ['code', 'name', 'company_id', 'view_location_id', 'lot_stock_id', 'in_type_id', 'out_type_id', 'int_type_id'],
  };
}

const COUNTERPARTS = {
  model: 'stock.location',
  domain: [['usage', 'in', ['customer', 'supplier', 'inventory']]],
  fields: ['usage', 'company_id'],
};

const warehouseRow = z.object({
  id,
  code: z.string().min(1),
  name: z.string(),
  company_id: link,
  view_location_id: z.tuple([id, z.string()]).transform(([view, name]) => ({ id: view, name })),
  lot_stock_id: link,
  in_type_id: link,
  out_type_id: link,
  int_type_id: link,
});
type WarehouseRow = z.output<typeof warehouseRow>;

const counterpartRow = z.object({ id, usage: z.string(), company_id: maybeLink });

function warehouseOf({ code, name, in_type_id, out_type_id, int_type_id }: WarehouseRow): Warehouse {
  return { code, name, incoming: in_type_id, outgoing: out_type_id, internal: int_type_id };
}
