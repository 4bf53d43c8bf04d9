import type { Listing, LISTING_STATES, NAMED_KINDS } from '../../contracts/listings.ts';

export interface ListingsAsked {
  readonly system: string;
  readonly kind: (typeof NAMED_KINDS)[number];
  readonly state: (typeof LISTING_STATES)[number];
  /** Behind this name, or (of what has none) behind this thing of ours. */
  readonly after: string;
  readonly limit: number;
}

/** What a system calls our things, in the order of its names; or our things that it has no name for, in the order of ours. */
export async function listListings(db: D1Database, asked: ListingsAsked): Promise<readonly Listing[]> {
  const { system, kind, state, after, limit } = asked;
  const { results } = await db
    .prepare(state === 'mapped' ? MAPPED : UNMAPPED_OF[kind])
    .bind(kind, system, after, limit)
    .all<{ readonly target: string; readonly external_id: string | null }>();
  return results.map(({ target, external_id }) => ({
    kind,
    system,
    external_id,
    sku: kind === 'item' ? target : null,
    location: kind === 'location' ? target : null,
  }));
}

/** What a page goes on behind. */
export function listingKey({ external_id, sku, location }: Listing): string {
  return external_id ?? sku ?? location ?? '';
}

// By name, since that is how they lie in the table: by item, every page would have to sort all of them.
const MAPPED = `SELECT target, external_id FROM alias
  WHERE kind = ?1 AND system = ?2 AND external_id > ?3 ORDER BY external_id LIMIT ?4`;

const unmapped = (table: string, id: string): string => `
  SELECT ${id} AS target, NULL AS external_id FROM ${table} AS one
  WHERE ${id} > ?3 AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.kind = ?1 AND alias.target = one.${id} AND alias.system = ?2)
  ORDER BY ${id} LIMIT ?4`;
const UNMAPPED_OF = { item: unmapped('item', 'sku'), location: unmapped('location', 'id') };
