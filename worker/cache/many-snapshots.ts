import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { isYounger } from '../is-younger.ts';
import { Refused } from '../refused.ts';
import type { Seen } from '../stock/see-item.ts';
import type { MemoryCache } from './memory-cache.ts';
import { freshForMs, isNewer, type SeenSnapshot } from './port.ts';
import type { Snapshots } from './snapshots.ts';

/** What the read model knows of these, in one call. */
export type Projected = (skus: readonly Sku[]) => Promise<ReadonlyMap<Sku, Snapshot> | Refused>;

/** Items as this isolate shows them. */
export interface Sight {
  readonly seen: readonly Seen[];
  /** Whether it would show the very same still. */
  isStill(nowMs: number): boolean;
}

/** Many items at once; what there is nothing to see of is absent. */
export interface ManySnapshots {
  /** All of them from this isolate and without waiting; null: something has to be asked. */
  atHand(skus: readonly Sku[], nowMs: number): Sight | null;
  /** From this isolate, and all else from the projection in one call; what was never projected, from the objects. */
  cached(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, Seen> | Refused>;
  strong(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, Seen> | Refused>;
}

interface Parts {
  readonly memory: MemoryCache;
  readonly projected: Projected;
  readonly snapshots: Pick<Snapshots, 'strong'>;
  /** How long a row of the projection is shown again without another look (ADR 36). */
  readonly rowsCachedMs: number;
  readonly now: () => number;
}

export function manySnapshots({ memory, projected, snapshots, rowsCachedMs, now }: Parts): ManySnapshots {
  const isShown = (kept: SeenSnapshot, nowMs: number): boolean =>
    kept.projectedAtMs === undefined ? freshForMs(kept, nowMs) > 0 : isYounger(kept.projectedAtMs, nowMs, rowsCachedMs);
  const shown = (kept: SeenSnapshot): Seen => ({ ...kept, source: kept.projectedAtMs === undefined ? 'isolate' : 'projection' });

  const atHand: ManySnapshots['atHand'] = (skus, nowMs) => {
    const kept: SeenSnapshot[] = [];
    for (const sku of skus) {
      const one = memory.peek(sku);
      if (one === null || !isShown(one, nowMs)) return null;
      kept.push(one);
    }
    return {
      seen: kept.map(shown),
      isStill: (atMs) => kept.every((one) => memory.peek(one.snapshot.sku) === one && isShown(one, atMs)),
    };
  };

  const strong: ManySnapshots['strong'] = async (skus) => {
    const found = valuesOf(await inParallel(skus, OBJECTS_AT_ONCE_MAX, (sku) => snapshots.strong(sku)));
    const overloaded = found.find((one): one is Refused => one instanceof Refused && one.code === 'overloaded');
    if (overloaded !== undefined) return overloaded;
    return new Map(found.flatMap((one) => (one instanceof Refused ? [] : [[one.snapshot.sku, one] as const])));
  };

  /** Of a row and what this isolate has seen, the newer: nobody who was shown a number is shown an older one here (R39). */
  const newest = (row: Snapshot, projectedAtMs: number): Seen => {
    const kept = memory.peek(row.sku);
    // What the projection holds was true at its own time, however late it got there.
    const asRow = { snapshot: row, askedAtMs: row.asOfMs };
    const isOlder = kept !== null && isNewer(kept, asRow);
    if (isOlder && freshForMs(kept, projectedAtMs) > 0) return { ...kept, source: 'isolate' };
    const newer = isOlder ? kept : asRow;
    // Nothing new is the same snapshot still, of which all is said already.
    const snapshot = newer.snapshot.freshForMs === 0 ? newer.snapshot : { ...newer.snapshot, freshForMs: 0 };
    const seen = { ...newer, snapshot, projectedAtMs };
    memory.put(seen);
    return { ...seen, source: 'projection' };
  };

  return {
    atHand,
    strong,
    cached: async (skus) => {
      const nowMs = now();
      const seen = new Map<Sku, Seen>();
      const unseen: Sku[] = [];
      for (const sku of skus) {
        const here = memory.peek(sku);
        if (here === null || !isShown(here, nowMs)) unseen.push(sku);
        else seen.set(sku, shown(here));
      }
      if (unseen.length === 0) return seen;
      const rows = await projected(unseen);
      if (rows instanceof Refused) return rows;
      for (const [sku, row] of rows) seen.set(sku, newest(row, nowMs));
      const rest = await strong(unseen.filter((sku) => !seen.has(sku)));
      return rest instanceof Refused ? rest : new Map([...seen, ...rest]);
    },
  };
}
