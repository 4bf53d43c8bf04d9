import * as z from 'zod';
import { allRows, type OdooClient } from './client.ts';
import type { Places, Root } from './places.ts';
import { id } from './values.ts';

/** What a location of Odoo counts as: the nearest of ours at or above it, or null. */
export async function zonesOf(
  client: OdooClient,
  { roots, company }: Places,
  locations: Iterable<number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Zone>> {
  const asked = [...new Set(locations)];
  if (asked.length === 0) return new Map();
  const search = {
    model: 'stock.location',
    domain: [['id', 'in', asked]],
    fields: ['usage', 'parent_path'],
    context: { active_test: false, allowed_company_ids: [company] },
  };
  const found = await allRows(client, search, locationRows, signal);
  return new Map(found.map(({ id: location, usage, parent_path }) => [location, { usage, root: nearest(parent_path, roots) }]));
}

export interface Zone {
  readonly root: Root | null;
  /** Odoo's word: supplier, customer, inventory, internal … */
  readonly usage: string;
}

const locationRows = z.array(z.object({ id, usage: z.string(), parent_path: z.string() }));

/** `1/7/8/` names a location and everything above it, from the top. */
function nearest(path: string, roots: ReadonlyMap<number, Root>): Root | null {
  const above = path.split('/').flatMap((part) => (part === '' ? [] : [Number(part)]));
  const root = above.findLast((location) => roots.has(location));
  return root === undefined ? null : (roots.get(root) ?? null);
}
