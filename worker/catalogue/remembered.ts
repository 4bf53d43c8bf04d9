import { CATALOGUE_CACHED_MS_MAX, ITEMS_CACHED_MAX } from '../../contracts/limits.ts';
import { isYounger } from '../is-younger.ts';

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
      if (known !== undefined && isYounger(known.readAtMs, readAtMs, CATALOGUE_CACHED_MS_MAX)) found.set(key, known.value);
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
