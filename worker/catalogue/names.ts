import { QUANTITY_MAX } from '../../contracts/limits.ts';
import type { Alias, ItemName, LocationName } from '../../contracts/names.ts';
import type { ChannelId, LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { Kit, Part } from '../../domain/kit.ts';
import { channelOf, type Channel } from '../../domain/network.ts';
import { Refused } from '../refused.ts';
import type { Directories, Directory } from './directory.ts';
import { KnownItems, type KnownKit } from './known-items.ts';
import { Aged } from './remembered.ts';
import type { Unit } from './schema.ts';
import { listed } from './stored.ts';

export interface AskedItem {
  readonly name: ItemName;
  readonly unit?: string | undefined;
}

export interface NamedItem {
  readonly sku: Sku;
  /** Base units in one unit asked for. */
  readonly factor: number;
  /** What one base unit of it is made of: itself, or the parts of a kit, each SKU once. */
  readonly parts: readonly Part[];
  /** null: an item with stock of its own. */
  readonly kit: Kit | null;
}

/** What the names of a request stand for; a name that stands for nothing is refused by name and never guessed. */
export interface Names {
  items(asked: readonly AskedItem[]): Promise<(asked: AskedItem) => NamedItem | Refused>;
  /** The item that bears this SKU, without waiting; null: that has to be asked. */
  itemAtHand(sku: Sku, directory: Directory): NamedItem | null;
  locations(names: readonly LocationName[]): Promise<(name: LocationName) => LocationId | Refused>;
  channel(id: ChannelId): Promise<Channel | Refused>;
  source(id: SourceId): Promise<'erp' | 'front' | Refused>;
  /** Whether the catalogue knows the item: only then is its object asked. */
  exists(sku: Sku): Promise<boolean>;
}

export function cachedNames(db: D1Database, directories: Directories, now: () => number): Names {
  const items = new KnownItems(db);
  const aliases = new Aged<string>(now);
  const units = new Aged<ReadonlyMap<string, number>>(now);

  /** What is missing here may have been added a moment ago elsewhere, so a miss is looked up once more. */
  const inDirectory = async <Found>(find: (directory: Directory) => Found | undefined): Promise<Found | undefined> =>
    find(await directories.current()) ?? find(await directories.renewed());

  const targets = async (kind: 'item' | 'location', names: readonly (string | Alias)[]): Promise<ReadonlyMap<string, string>> => {
    const asked = new Map(names.flatMap((name) => (typeof name === 'string' ? [] : [[aliasKey(kind, name), name] as const])));
    return aliases.all([...asked.keys()], (missing) =>
      aliasesIn(
        db,
        kind,
        missing.flatMap((key) => asked.get(key) ?? []),
      ),
    );
  };

  return {
    exists: (sku) => items.exists(sku),

    itemAtHand: (sku, { kitsVersion }) => {
      const known = items.atHand(sku, kitsVersion);
      return known === undefined ? null : itemNamed(sku, 1, known);
    },

    items: async (asked) => {
      const byAlias = await targets(
        'item',
        asked.map(({ name }) => name),
      );
      const skuOf = ({ name }: AskedItem): Sku | undefined =>
        typeof name === 'string' ? name : (byAlias.get(aliasKey('item', name)) as Sku | undefined);
      const skus = new Set(asked.flatMap((one) => skuOf(one) ?? []));
      const { kitsVersion } = await directories.current();
      const known = await items.among([...skus], kitsVersion);
      const measured = new Set(asked.flatMap((one) => (one.unit === undefined ? [] : (skuOf(one) ?? []))));
      const factors = await units.all([...measured], (missing) => unitsIn(db, missing));
      return (one) => {
        const sku = skuOf(one);
        if (sku === undefined) return unknownAlias(one.name);
        const kit = known.get(sku);
        if (kit === undefined) return new Refused('sku_unknown', `there is no item ${sku}`);
        if (one.unit === undefined) return itemNamed(sku, 1, kit);
        const factor = factors.get(sku)?.get(one.unit);
        return factor === undefined ? new Refused('unit_unknown', `${sku} has no unit ${one.unit}`) : itemNamed(sku, factor, kit);
      };
    },

    locations: async (names) => {
      const byAlias = await targets('location', names);
      const idOf = (name: LocationName): LocationId | undefined =>
        typeof name === 'string' ? name : (byAlias.get(aliasKey('location', name)) as LocationId | undefined);
      const idsIn = ({ network }: Directory): ReadonlySet<LocationId> => new Set(network.locations.map(({ id }) => id));
      let ids = names.length === 0 ? new Set<LocationId>() : idsIn(await directories.current());
      const lacks = (name: LocationName): boolean => {
        const id = idOf(name);
        return id !== undefined && !ids.has(id);
      };
      if (names.some(lacks)) ids = idsIn(await directories.renewed());
      return (name) => {
        const id = idOf(name);
        if (id === undefined) return unknownAlias(name);
        return ids.has(id) ? id : new Refused('location_unknown', `there is no location ${id}`);
      };
    },

    channel: async (id) =>
      (await inDirectory(({ network }) => channelOf(network, id))) ?? new Refused('channel_unknown', `there is no channel ${id}`),
    source: async (id) =>
      (await inDirectory(({ sources }) => sources.get(id))) ?? new Refused('source_unknown', `there is no source ${id}`),
  };
}

function itemNamed(sku: Sku, factor: number, known: KnownKit | null): NamedItem {
  return { sku, factor, parts: known?.parts ?? [{ sku, units: 1 }], kit: known?.kit ?? null };
}

/** Quantities arrive in the unit that was named and leave in base units. */
export function inBaseUnits(quantity: number, factor: number): number | Refused {
  const base = quantity * factor;
  return Math.abs(base) <= QUANTITY_MAX
    ? base
    : new Refused('invalid_request', `${quantity} of ${factor} are more than ${QUANTITY_MAX}`);
}

function unknownAlias(name: ItemName | LocationName): Refused {
  return new Refused(
    'alias_unknown',
    typeof name === 'string' ? name : `${name.system} knows nothing called ${name.external_id}`,
  );
}

function aliasKey(kind: 'item' | 'location', { system, external_id }: Alias): string {
  return JSON.stringify([kind, system, external_id]);
}

interface AliasRow extends Alias {
  readonly target: string;
}

async function aliasesIn(
  db: D1Database,
  kind: 'item' | 'location',
  names: readonly Alias[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await listed<AliasRow>(
    db,
    `SELECT alias.system, alias.external_id, alias.target
     FROM json_each(?1) AS asked
     JOIN alias ON alias.kind = ?2 AND alias.system = asked.value ->> 'system' AND alias.external_id = asked.value ->> 'external_id'`,
    names,
    kind,
  );
  return new Map(rows.map((row) => [aliasKey(kind, row), row.target]));
}

interface UnitsRow {
  readonly sku: string;
  readonly units: string;
}

async function unitsIn(db: D1Database, skus: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const rows = await listed<UnitsRow>(db, 'SELECT sku, units FROM item WHERE sku IN (SELECT value FROM json_each(?))', skus);
  const factors = (units: string): ReadonlyMap<string, number> =>
    new Map((JSON.parse(units) as readonly Unit[]).map(({ unit, factor }) => [unit, factor]));
  return new Map(rows.map(({ sku, units }) => [sku, factors(units)]));
}
