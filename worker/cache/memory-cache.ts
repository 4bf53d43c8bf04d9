import { SNAPSHOTS_CACHED_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { isNewer, type SeenSnapshot, type SnapshotCache } from './port.ts';

/** The isolate's own memory; the oldest goes when it is full. */
export class MemoryCache implements SnapshotCache {
  readonly #seen = new Map<Sku, SeenSnapshot>();

  /** Answers at once: the hot read has nothing to wait for. */
  peek(sku: Sku): SeenSnapshot | null {
    return this.#seen.get(sku) ?? null;
  }

  async find(sku: Sku): Promise<SeenSnapshot | null> {
    return this.peek(sku);
  }

  async keep(seen: SeenSnapshot): Promise<void> {
    const { sku } = seen.snapshot;
    const known = this.#seen.get(sku);
    if (known !== undefined && !isNewer(seen, known)) return;
    this.#seen.delete(sku);
    this.#seen.set(sku, seen);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > SNAPSHOTS_CACHED_MAX && oldest !== undefined) this.#seen.delete(oldest);
  }
}
