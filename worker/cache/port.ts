import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { isYounger } from '../is-younger.ts';

/** What was seen, and when its object was asked: age counts from before the question, so no tier adds to it. */
export interface SeenSnapshot {
  readonly snapshot: Snapshot;
  readonly askedAtMs: number;
  /** A row of the projection, when it was read; absent in what an object said. */
  readonly projectedAtMs?: number;
}

export interface SnapshotCache {
  find(sku: Sku): Promise<SeenSnapshot | null>;
  keep(seen: SeenSnapshot): Promise<void>;
}

/** Nothing, where the clock was set back since: then nobody knows how old it is. */
export function freshForMs({ snapshot, askedAtMs }: SeenSnapshot, nowMs: number): number {
  return isYounger(askedAtMs, nowMs, snapshot.freshForMs) ? askedAtMs + snapshot.freshForMs - nowMs : 0;
}

/** R39: what is known never goes back. */
export function isNewer({ snapshot: a }: SeenSnapshot, { snapshot: b }: SeenSnapshot): boolean {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.asOfMs >= b.asOfMs);
}
