import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import * as z from 'zod';
import { CATALOGUE_CACHED_MS_MAX, ITEMS_CACHED_MAX } from '../../contracts/limits.ts';
import { sku as skuSchema } from '../../contracts/names.ts';
import type { Sku } from '../../domain/ids.ts';

/** An item, once known, exists for good; so only its absence is asked again. */
export class KnownItems {
  readonly #db: DrizzleD1Database;
  readonly #known = new Set<Sku>();

  constructor(db: DrizzleD1Database) {
    this.#db = db;
  }

  async among(skus: readonly Sku[]): Promise<ReadonlySet<Sku>> {
    const found = new Set(skus.filter((sku) => this.#known.has(sku)));
    const missing = skus.filter((sku) => !found.has(sku));
    if (missing.length === 0) return found;
    const rows = await this.#db.all(
      sql`SELECT sku FROM item WHERE sku IN (SELECT value FROM json_each(${JSON.stringify(missing)}))`,
    );
    if (this.#known.size > ITEMS_CACHED_MAX) this.#known.clear();
    for (const { sku } of itemRows.parse(rows)) {
      found.add(sku);
      this.#known.add(sku);
    }
    return found;
  }
}

const itemRows = z.array(z.object({ sku: skuSchema }));

/** Values that may change, remembered for a second. */
export class Aged<Value> {
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly value: Value; readonly readAtMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async all(
    keys: readonly string[],
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  ): Promise<ReadonlyMap<string, Value>> {
    const readAtMs = this.#now();
    const found = new Map<string, Value>();
    for (const key of keys) {
      const known = this.#known.get(key);
      if (known !== undefined && readAtMs - known.readAtMs < CATALOGUE_CACHED_MS_MAX) found.set(key, known.value);
    }
    const missing = keys.filter((key) => !found.has(key));
    if (missing.length === 0) return found;
    if (this.#known.size > ITEMS_CACHED_MAX) this.#known.clear();
    for (const [key, value] of await read(missing)) {
      found.set(key, value);
      this.#known.set(key, { value, readAtMs });
    }
    return found;
  }
}
