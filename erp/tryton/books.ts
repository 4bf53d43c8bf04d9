import * as z from 'zod';
import type { LocationId } from '../../domain/ids.ts';
import { STOCK_STATUSES, type StockStatus } from '../../domain/stock.ts';
import { ErpUnavailable } from '../port.ts';
import { LOCATIONS_MAX } from './limits.ts';
import type { TrytonOptions } from './options.ts';
import { readAll } from './read-all.ts';
import type { Rpc } from './rpc.ts';

/** Whose books they are, and what their locations mean to us. */
export interface Books {
  readonly companyId: number;
  readonly currencyId: number;
  readonly warehouses: readonly { readonly code: string; readonly name: string | null }[];
  readonly zones: readonly Zone[];
  readonly locations: ReadonlyMap<number, TrytonLocation>;
  /** Where goods that come or go are booked from and to. */
  readonly counterparts: Readonly<Record<Counterpart, number | null>>;
}

export type Counterpart = 'customer' | 'supplier' | 'lost_found';

/** A location of Tryton's, with all below it that is no zone itself, that holds one status of one of our locations. */
export interface Zone {
  readonly id: number;
  readonly location: LocationId;
  readonly status: StockStatus;
  /** Zones that lie within: Tryton counts them in, we do not. */
  readonly within: readonly number[];
}

export type TrytonLocation = z.output<typeof locationRow>;

const locationRow = z.object({
  id: z.int(),
  code: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  parent: z.int().nullable(),
  input_location: z.int().nullable(),
  output_location: z.int().nullable(),
  storage_location: z.int().nullable(),
  // Closed ones too: what was booked there stays in the books. SQLite has no truth but 1.
  active: z.union([z.boolean(), z.number()]).transform(Boolean),
});

const LOCATION_FIELDS = Object.keys(locationRow.shape);

/** Everything is found by code, name or type; no id is ever configured. Throws ErpUnavailable. */
export async function readBooks(rpc: Rpc, options: TrytonOptions, signal: AbortSignal): Promise<Books> {
  const company = await readCompany(rpc, options, signal);
  const rows = await readAll(
    rpc,
    {
      model: 'stock.location',
      domain: [['active', 'in', [true, false]]],
      fields: LOCATION_FIELDS,
      row: locationRow,
      recordsMax: LOCATIONS_MAX,
    },
    { company: company.id },
    signal,
  );
  const locations = new Map(rows.map((row) => [row.id, row]));
  const open = rows.filter(({ active }) => active);
  const warehouses = open.flatMap(({ type, code, name }) => (type === 'warehouse' && code !== null ? [{ code, name }] : []));
  return {
    companyId: company.id,
    currencyId: company.currency,
    warehouses,
    zones: zonesOf(open, locations, options),
    locations,
    counterparts: {
      customer: counterpart(open, 'customer', options.customer),
      supplier: counterpart(open, 'supplier', options.supplier),
      lost_found: counterpart(open, 'lost_found', options.lost_found),
    },
  };
}

export function zoneAt(books: Books, location: LocationId, status: StockStatus): Zone | null {
  return books.zones.find((zone) => zone.location === location && zone.status === status) ?? null;
}

/** The zone that a location of Tryton's belongs to, or null where it is none of our places. */
export function zoneOf({ zones, locations }: Books, id: number): Zone | null {
  const above = [id, ...ancestorsOf(locations, id)];
  for (const each of above) {
    const zone = zones.find((one) => one.id === each);
    if (zone !== undefined) return zone;
  }
  return null;
}

const companyRow = z.object({ id: z.int(), currency: z.int() });

async function readCompany(rpc: Rpc, { company: name }: TrytonOptions, signal: AbortSignal) {
  const preferences = { method: 'res.user.get_preferences', args: [false], result: z.object({ company: z.int().nullable() }) };
  const own = name === undefined ? (await rpc.ask(preferences, signal)).company : null;
  if (name === undefined && own === null)
    throw new ErpUnavailable('Our user of Tryton has no company: set it, or name one in ERP_OPTIONS.');
  const domain = name === undefined ? [['id', '=', own]] : [['party.name', '=', name]];
  const args = [domain, 0, 2, null, ['currency']];
  const found = await rpc.ask({ method: 'company.company.search_read', args, result: z.array(companyRow) }, signal);
  const [company] = found;
  if (company === undefined || found.length > 1)
    throw new ErpUnavailable(`Tryton has no one company ${name ?? own} for our user.`);
  return company;
}

function zonesOf(
  rows: readonly TrytonLocation[],
  locations: ReadonlyMap<number, TrytonLocation>,
  { statuses }: TrytonOptions,
): readonly Zone[] {
  const zones = new Map<number, Omit<Zone, 'within'>>();
  // All storage zones first: where a warehouse has one location for two zones, its units are sellable.
  for (const status of STOCK_STATUSES) {
    for (const { code, type, ...warehouse } of rows) {
      if (type !== 'warehouse' || code === null) continue;
      const given = status === 'sellable' ? null : statuses[status];
      if (given === undefined) continue;
      const id = given === null ? warehouse.storage_location : zoneId(rows, { code, ...warehouse }, given);
      if (id !== null && !zones.has(id)) zones.set(id, { id, location: code as LocationId, status });
    }
  }
  const all = [...zones.values()];
  return all.map((zone) => ({
    ...zone,
    within: all.flatMap(({ id }) => (nearest(locations, zones, id) === zone.id ? [id] : [])),
  }));
}

function zoneId(
  rows: readonly TrytonLocation[],
  warehouse: { readonly code: string } & Pick<TrytonLocation, 'input_location' | 'output_location'>,
  given: string,
): number | null {
  if (given === 'input') return warehouse.input_location;
  if (given === 'output') return warehouse.output_location;
  const code = given.replaceAll('{location}', warehouse.code);
  return rows.find((row) => row.code === code && row.type === 'storage')?.id ?? null;
}

/** The zone that a zone lies in. */
function nearest(
  locations: ReadonlyMap<number, TrytonLocation>,
  zones: ReadonlyMap<number, unknown>,
  id: number,
): number | undefined {
  return ancestorsOf(locations, id).find((above) => zones.has(above));
}

function ancestorsOf(locations: ReadonlyMap<number, TrytonLocation>, id: number): readonly number[] {
  const above: number[] = [];
  for (let parent = locations.get(id)?.parent ?? null; parent !== null; parent = locations.get(parent)?.parent ?? null) {
    above.push(parent);
  }
  return above;
}

function counterpart(rows: readonly TrytonLocation[], type: Counterpart, given: string | undefined): number | null {
  const ofType = rows.filter((row) => row.type === type);
  const found = given === undefined ? ofType[0] : ofType.find(({ code, name }) => code === given || name === given);
  return found?.id ?? null;
}
