import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { Refused } from '../refused.ts';
import type { MemoryCache } from './memory-cache.ts';
import { freshForMs, isNewer, type SeenSnapshot, type SnapshotCache } from './port.ts';
import { Singleflight, type KeepAlive } from './singleflight.ts';

export type Found = SeenSnapshot & { readonly source: 'isolate' | 'colo' | 'object' };

export interface Snapshots {
  /** From this isolate and without waiting, if what it has is fresh. */
  atHand(sku: Sku): Found | null;
  /** As old as its freshness allows: from this isolate, this data centre, else the object. */
  cached(sku: Sku): Promise<Found | Refused>;
  /** From the object. */
  strong(sku: Sku): Promise<Found | Refused>;
  /** What an object said beside another answer: true as of when that was asked for. */
  learn(seen: SeenSnapshot): Promise<void>;
}

interface Parts {
  readonly memory: MemoryCache;
  readonly colo: SnapshotCache;
  readonly askObject: (sku: Sku) => Promise<Snapshot | Refused>;
  readonly keepAlive: KeepAlive;
  readonly now: () => number;
}

export function tieredSnapshots({ memory, colo, askObject, keepAlive, now }: Parts): Snapshots {
  const flights = new Singleflight<Found | Refused>(keepAlive);
  const isFresh = (seen: SeenSnapshot): boolean => freshForMs(seen, now()) > 0;

  const strong: Snapshots['strong'] = async (sku) => {
    const askedAtMs = now();
    const snapshot = await askObject(sku);
    if (snapshot instanceof Refused) return snapshot;
    const seen = { snapshot, askedAtMs };
    await memory.keep(seen);
    return { ...seen, source: 'object' };
  };

  const throughColo = async (sku: Sku): Promise<Found | Refused> => {
    const kept = await colo.find(sku);
    if (kept !== null && isFresh(kept)) {
      const known = memory.peek(sku);
      // A copy may outlast a newer one that was given less time; who was shown that one is not shown this one (R39).
      if (known === null || isNewer(kept, known)) {
        await memory.keep(kept);
        return { ...kept, source: 'colo' };
      }
    }
    const found = await strong(sku);
    // A number that may not be served again is not worth a write.
    if (!(found instanceof Refused) && isFresh(found))
      keepAlive(colo.keep({ snapshot: found.snapshot, askedAtMs: found.askedAtMs }));
    return found;
  };

  const atHand: Snapshots['atHand'] = (sku) => {
    const seen = memory.peek(sku);
    return seen !== null && isFresh(seen) ? { ...seen, source: 'isolate' } : null;
  };

  const shared = async (sku: Sku): Promise<Found | Refused> => {
    const found = await flights.ask(sku, () => throughColo(sku));
    const known = memory.peek(sku);
    if (found instanceof Refused || known === null || isNewer(found, known)) return found;
    // It was asked before somebody was shown a newer number (R39).
    return atHand(sku) ?? strong(sku);
  };

  return {
    strong,
    atHand,
    cached: async (sku) => atHand(sku) ?? shared(sku),
    learn: (seen) => memory.keep(seen),
  };
}
