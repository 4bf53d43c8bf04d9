import { ITEMS_CACHED_BYTES_MAX, ITEMS_CACHED_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Kit, Part } from '../../domain/kit.ts';
import { wholePolicy, type ItemPolicy } from '../../domain/stock.ts';
import { LeastRecentlyUsed } from '../cache/least-recently-used.ts';
import { listed } from './stored.ts';

/** A kit and the plain items that it is made of, all the way down, each once. */
export interface KnownKit {
  readonly kit: Kit;
  readonly parts: readonly Part[];
}

/**
 * An item, once known, exists for good; so only its absence is asked again. Whether it is a kit, and of what, is
 * remembered until a kit changes somewhere: the version of all kits is read once a second with the network's.
 */
export class KnownItems {
  readonly #db: D1Database;
  readonly #existing = new Set<Sku>();
  /** null: a plain item. */
  #kits = noneKnown();
  #kitsVersion = -1;

  constructor(db: D1Database) {
    this.#db = db;
  }

  async exists(sku: Sku): Promise<boolean> {
    if (!this.#existing.has(sku)) await this.#read([sku]);
    return this.#existing.has(sku);
  }

  /** What is remembered of it as of this version at least; undefined: that has to be asked. */
  atHand(sku: Sku, kitsVersion: number): KnownKit | null | undefined {
    return kitsVersion > this.#kitsVersion ? undefined : this.#kits.find(sku);
  }

  /** Those that there are, with what they are made of as of this version at least. */
  async among(skus: readonly Sku[], kitsVersion: number): Promise<ReadonlyMap<Sku, KnownKit | null>> {
    if (kitsVersion > this.#kitsVersion) {
      this.#kits = noneKnown();
      this.#kitsVersion = kitsVersion;
    }
    const found = new Map<Sku, KnownKit | null>();
    for (const sku of skus) {
      const known = this.#kits.find(sku);
      if (known !== undefined) found.set(sku, known);
    }
    const missing = skus.filter((sku) => !found.has(sku));
    if (missing.length > 0) for (const [sku, known] of await this.#read(missing)) found.set(sku, known);
    return found;
  }

  async #read(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, KnownKit | null>> {
    // What is read now may be older than a version that others hear of meanwhile; then it is not kept.
    const kits = this.#kits;
    const read = await itemsIn(this.#db, skus);
    if (this.#existing.size > ITEMS_CACHED_MAX) this.#existing.clear();
    for (const [sku, known] of read) {
      this.#existing.add(sku);
      kits.keep(sku, known, bytesOf(known));
    }
    return read;
  }
}

function noneKnown(): LeastRecentlyUsed<Sku, KnownKit | null> {
  return new LeastRecentlyUsed({ entriesMax: ITEMS_CACHED_MAX, bytesMax: ITEMS_CACHED_BYTES_MAX });
}

// An entry with its name, and each part with its own, rounded up.
const BYTES_OF_ITSELF = 200;
const BYTES_PER_PART = 120;

export function bytesOf(known: KnownKit | null): number {
  return BYTES_OF_ITSELF + BYTES_PER_PART * (known?.parts.length ?? 0);
}

interface ItemRow {
  readonly sku: Sku;
  readonly status: Kit['status'];
  readonly policy: string | null;
  readonly is_kit: 0 | 1;
}

interface PartRow {
  readonly kit: Sku;
  readonly sku: Sku;
  readonly units: number;
}

async function itemsIn(db: D1Database, skus: readonly Sku[]): Promise<ReadonlyMap<Sku, KnownKit | null>> {
  const rows = await listed<ItemRow>(
    db,
    `SELECT sku, status, policy, EXISTS (SELECT 1 FROM component WHERE component.kit = item.sku) AS is_kit
     FROM item WHERE sku IN (SELECT value FROM json_each(?))`,
    skus,
  );
  const kits = rows.filter((row) => row.is_kit === 1);
  const parts =
    kits.length === 0
      ? []
      : await partsIn(
          db,
          kits.map(({ sku }) => sku),
        );
  return new Map(
    rows.map(({ sku, status, policy, is_kit: isKit }) => {
      if (isKit === 0) return [sku, null];
      const { lowStockAt, stopSell } = wholePolicy(policy === null ? null : (JSON.parse(policy) as Partial<ItemPolicy>));
      const mine = parts.flatMap((part) => (part.kit === sku ? [{ sku: part.sku, units: part.units }] : []));
      return [sku, { kit: { status, lowStockAt, stopSell }, parts: mine }];
    }),
  );
}

/** Kits within kits are unfolded to plain items. No kit contains itself, so this ends. */
export function partsIn(db: D1Database, kits: readonly Sku[]): Promise<readonly PartRow[]> {
  return listed<PartRow>(
    db,
    `WITH RECURSIVE part(kit, sku, units) AS (
       SELECT kit, sku, factor FROM component WHERE kit IN (SELECT value FROM json_each(?))
       UNION ALL
       SELECT part.kit, component.sku, part.units * component.factor FROM part JOIN component ON component.kit = part.sku
     )
     SELECT kit, sku, sum(units) AS units FROM part
     WHERE NOT EXISTS (SELECT 1 FROM component WHERE component.kit = part.sku)
     GROUP BY kit, sku ORDER BY kit, sku`,
    kits,
  );
}
