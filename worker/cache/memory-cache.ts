import { SNAPSHOTS_CACHED_BYTES_MAX, SNAPSHOTS_CACHED_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { LeastRecentlyUsed } from './least-recently-used.ts';
import { isNewer, type SeenSnapshot, type SnapshotCache } from './port.ts';

/** The isolate's own memory; what nobody asked for longest goes when it is full. */
export class MemoryCache implements SnapshotCache {
  readonly #seen = new LeastRecentlyUsed<Sku, SeenSnapshot>({
    entriesMax: SNAPSHOTS_CACHED_MAX,
    bytesMax: SNAPSHOTS_CACHED_BYTES_MAX,
  });

  /** Answers at once: the hot read has nothing to wait for. */
  peek(sku: Sku): SeenSnapshot | null {
    return this.#seen.find(sku) ?? null;
  }

  async find(sku: Sku): Promise<SeenSnapshot | null> {
    return this.peek(sku);
  }

  async keep(seen: SeenSnapshot): Promise<void> {
    this.put(seen);
  }

  put(seen: SeenSnapshot): void {
    const { sku } = seen.snapshot;
    const known = this.peek(sku);
    if (known !== null && !isNewer(seen, known)) return;
    this.#seen.keep(sku, seen, bytesOf(seen.snapshot));
  }
}

// Objects with their names as V8 keeps them, rounded up; measured to be within a third of what the heap grows by.
const BYTES_OF_ITSELF = 800;
const BYTES_PER_ENTRY = 160;

/** About what a snapshot takes in memory: it has its places, and what the policy says of channels. */
export function bytesOf({ terms: { places, buffers, quotas, owed = [] } }: Snapshot): number {
  const owedEntries = owed.reduce((total, one) => total + 1 + one.places.length, 0);
  return BYTES_OF_ITSELF + BYTES_PER_ENTRY * (places.length + buffers.length + quotas.length + owedEntries);
}
