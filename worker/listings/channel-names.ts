import type { ChannelId, LocationId, Sku } from '../../domain/ids.ts';
import type { ListingRules } from '../catalogue/schema.ts';
import { jsonPages } from '../read-models/json-pages.ts';

/** What a channel calls items and places by (R88). */
export interface ChannelNames {
  /** Whose aliases it knows. */
  readonly system: string;
  /** Whether what has no alias is told under our own name; otherwise it is left out, and listed. */
  readonly ownNames: boolean;
  /** Whether the system has a name for any place. */
  readonly namesPlaces: boolean;
  /**
   * Our places by the channel's one name for each: of several the first, since a channel that knew a place twice would count
   * its units twice.
   */
  readonly places: ReadonlyMap<LocationId, string>;
}

/** null: there is no such channel. */
export async function channelNamesOf(db: D1Database, channel: ChannelId): Promise<ChannelNames | null> {
  const row = await db
    .prepare('SELECT listings FROM channel WHERE id = ?')
    .bind(channel)
    .first<{ readonly listings: string | null }>();
  if (row === null) return null;
  const { system, ownNames } = rulesOf(row.listings === null ? null : (JSON.parse(row.listings) as ListingRules), channel);
  const { results } = await db
    .prepare(
      `SELECT location.id AS id, min(alias.external_id) AS name FROM location
       LEFT JOIN alias ON alias.kind = 'location' AND alias.target = location.id AND alias.system = ?
       GROUP BY location.id ORDER BY location.id`,
    )
    .bind(system)
    .all<{ readonly id: LocationId; readonly name: string | null }>();
  const places = results.flatMap(({ id, name }) => (name === null && !ownNames ? [] : [[id, name ?? id] as const]));
  return { system, ownNames, namesPlaces: results.some(({ name }) => name !== null), places: new Map(places) };
}

/** Who says nothing of names has none of its own: then ours are told, beside aliases that bear the channel's id. */
export function rulesOf(rules: ListingRules | null, channel: ChannelId): Pick<ChannelNames, 'system' | 'ownNames'> {
  return rules === null ? { system: channel, ownNames: true } : { system: rules.system, ownNames: rules.unmapped === 'own_sku' };
}

/** All names that each item is told under, in order; none: it is left out. Under several, each shows the whole number. */
export async function listingsOf(
  db: D1Database,
  skus: readonly Sku[],
  { system, ownNames }: Pick<ChannelNames, 'system' | 'ownNames'>,
): Promise<ReadonlyMap<Sku, readonly string[]>> {
  const named = new Map<Sku, string[]>();
  for (const page of jsonPages(skus.map((sku) => ({ sku })))) {
    const { results } = await db
      .prepare(
        `SELECT alias.target AS sku, alias.external_id AS listing FROM json_each(?1) AS asked
         JOIN alias ON alias.kind = 'item' AND alias.target = asked.value->>'sku' AND alias.system = ?2 ORDER BY 1, 2`,
      )
      .bind(page, system)
      .all<{ readonly sku: Sku; readonly listing: string }>();
    for (const { sku, listing } of results) named.set(sku, [...(named.get(sku) ?? []), listing]);
  }
  return new Map(skus.map((sku) => [sku, named.get(sku) ?? (ownNames ? [sku] : [])]));
}
