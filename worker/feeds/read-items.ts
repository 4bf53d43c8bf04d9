import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Kit } from '../../domain/kit.ts';
import { levelOf, ownPlaces, type ItemLevel, type Leveled } from '../../domain/level.ts';
import { channelOf, type Network } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { wholePolicy } from '../../domain/stock.ts';
import { partsIn } from '../catalogue/known-items.ts';
import { nothingOf, snapshotsOf } from '../read-models/availability.ts';
import type { ChannelNames } from '../listings/channel-names.ts';
import type { FeedItem } from './format.ts';
import { FEED_PAGE_ITEMS, FEED_PARTS_AT_ONCE } from './limits.ts';

export interface FeedScope {
  readonly db: D1Database;
  readonly network: Network;
  readonly channel: ChannelId;
  readonly names: ChannelNames;
  readonly nowMs: number;
}

export interface ItemsPage {
  readonly items: readonly FeedItem[];
  /** Items that the channel has no name for. */
  readonly leftOut: number;
  /** The last that was looked at; null: there was none. */
  readonly last: Sku | null;
}

/** The next items behind one, of all that there are; that one `again`, if that is asked for. */
export async function itemsAfter(scope: FeedScope, after: Sku | null, again: boolean): Promise<ItemsPage> {
  const page = `SELECT sku FROM item WHERE sku ${again ? '>=' : '>'} ?1 ORDER BY sku LIMIT ?3`;
  return pageOf(scope, page, after ?? '', FEED_PAGE_ITEMS);
}

/** These items, in order; one that there is not is absent. Some are told at every place of the channel. */
export async function itemsNamed(scope: FeedScope, skus: readonly Sku[], atEveryPlace: ReadonlySet<Sku>): Promise<ItemsPage> {
  return pageOf(scope, 'SELECT value AS sku FROM json_each(?1) LIMIT ?3', JSON.stringify(skus), skus.length, atEveryPlace);
}

interface Row {
  readonly sku: Sku;
  readonly name: string | null;
  readonly status: Kit['status'];
  readonly policy: string | null;
  readonly snapshot: string | null;
  readonly listings: string;
  readonly isKit: 0 | 1;
}

async function pageOf(
  scope: FeedScope,
  page: string,
  from: string,
  limit: number,
  atEveryPlace?: ReadonlySet<Sku>,
): Promise<ItemsPage> {
  const { db, names } = scope;
  const { results } = await db
    .prepare(
      `WITH page AS (${page})
       SELECT item.sku, item.name, item.status, item.policy, availability.snapshot,
         EXISTS (SELECT 1 FROM component WHERE kit = item.sku) AS isKit,
         (SELECT json_group_array(external_id) FROM (SELECT external_id FROM alias
           WHERE kind = 'item' AND target = item.sku AND system = ?2 ORDER BY external_id)) AS listings
       FROM page JOIN item ON item.sku = page.sku LEFT JOIN availability ON availability.sku = item.sku
       ORDER BY item.sku`,
    )
    .bind(from, names.system, limit)
    .all<Row>();
  const kits = results.some(({ isKit }) => isKit === 1) ? await kitsOf(scope, results) : new Map<Sku, Leveled>();
  const items: FeedItem[] = [];
  let leftOut = 0;
  for (const row of results) {
    const listings = listingsOf(row, names);
    if (listings.length === 0) leftOut += 1;
    const leveled = kits.get(row.sku) ?? plain(row, scope);
    // A kit that is made of other parts now may have been where none of these ever was.
    const isEverywhere = leveled.kit !== null || atEveryPlace?.has(row.sku) === true;
    for (const listing of listings) items.push(itemOf(row, listing, leveled, isEverywhere, scope));
  }
  return { items, leftOut, last: results.at(-1)?.sku ?? null };
}

function listingsOf({ sku, listings }: Row, { ownNames }: ChannelNames): readonly string[] {
  const named = JSON.parse(listings) as readonly string[];
  return named.length === 0 && ownNames ? [sku] : named;
}

function plain({ sku, status, snapshot }: Row, { nowMs }: FeedScope): Leveled {
  const known = snapshot === null ? nothingOf(sku, status, nowMs) : readSnapshot(snapshot);
  return { sku, kit: null, parts: [{ units: 1, snapshot: known }] };
}

function itemOf({ sku, name }: Row, listing: string, leveled: Leveled, isEverywhere: boolean, scope: FeedScope): FeedItem {
  const { quantity, places, status } = levelOf(leveled, scope.network, scope.channel);
  const snapshots = leveled.parts.map(({ snapshot }) => snapshot as Snapshot);
  return {
    sku,
    listing,
    name,
    quantity,
    status,
    places: (isEverywhere ? everywhere(places, scope) : places).flatMap(({ location, quantity: here }) => {
      const place = scope.names.places.get(location);
      return place === undefined ? [] : [{ place, quantity: here }];
    }),
    sequence: snapshots.reduce((total, { sequence }) => total + sequence, 0),
    asOfMs: Math.min(...snapshots.map(({ asOfMs }) => asOfMs)),
  };
}

function everywhere(places: ItemLevel['places'], { network, channel }: FeedScope): ItemLevel['places'] {
  const own = channelOf(network, channel);
  const here = new Map(places.map(({ location, quantity }) => [location, quantity]));
  return own === undefined ? [] : ownPlaces(own, network).map(({ id }) => ({ location: id, quantity: here.get(id) ?? 0 }));
}

/** The kits among them, with what is known of their plain parts. */
async function kitsOf({ db, nowMs }: FeedScope, rows: readonly Row[]): Promise<ReadonlyMap<Sku, Leveled>> {
  const kits = rows.flatMap(({ sku, isKit }) => (isKit === 1 ? [sku] : []));
  const parts = Map.groupBy(await partsIn(db, kits), ({ kit }) => kit);
  const found = new Map<Sku, Leveled>();
  let group: Row[] = [];
  let needed = new Set<Sku>();
  const look = async (): Promise<void> => {
    const snapshots = await snapshotsOf(db, [...needed]);
    for (const row of group) {
      const own = parts.get(row.sku) ?? [];
      const known = own.map(({ sku, units }) => ({ units, snapshot: snapshots.get(sku) ?? nothingOf(sku, 'active', nowMs) }));
      found.set(row.sku, { sku: row.sku, kit: kitOf(row), parts: known });
    }
    group = [];
    needed = new Set();
  };
  for (const row of rows) {
    const own = parts.get(row.sku);
    if (own === undefined) continue;
    if (needed.size + own.length > FEED_PARTS_AT_ONCE) await look();
    group.push(row);
    for (const { sku } of own) needed.add(sku);
  }
  await look();
  return found;
}

function kitOf({ status, policy }: Row): Kit {
  const { lowStockAt, stopSell } = wholePolicy(policy === null ? null : JSON.parse(policy));
  return { status, lowStockAt, stopSell };
}

// What was written there had passed its schema.
function readSnapshot(text: string): Snapshot {
  return JSON.parse(text);
}
