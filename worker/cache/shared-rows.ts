import {
  COMBINED_CALLS_AT_ONCE_MAX,
  COMBINED_WAIT_MS_MAX,
  COMBINED_WAITING_MAX,
  SHARED_PAGE_SKUS_MAX,
  SHARED_PAGES_MAX,
} from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { Refused } from '../refused.ts';
import { CombinedCalls } from '../stock/combined-calls.ts';
import type { Projected } from './many-snapshots.ts';
import type { KeepAlive } from './singleflight.ts';

const LIMITS = {
  callsAtOnceMax: COMBINED_CALLS_AT_ONCE_MAX,
  // The projection answers several questions at once.
  callsApartMs: 0,
  callSizeMax: SHARED_PAGES_MAX,
  waitingMax: COMBINED_WAITING_MAX,
  patienceMs: COMBINED_WAIT_MS_MAX,
};
const TOO_MANY = 'more pages are asked for than the projection can be asked for now';

/**
 * Pages that are asked for at the same time are read together, each row once. What is read for somebody is read after they came, so nobody
 * is shown less than if they had asked alone.
 */
export function sharedRows(projected: Projected, keepAlive: KeepAlive): Projected {
  type Rows = ReadonlyMap<Sku, Snapshot> | Refused;
  const calls = new CombinedCalls<null, readonly Sku[], Rows>(
    async (_, pages) => {
      const rows = await projected([...new Set(pages.flat())]);
      return pages.map((page) => (rows instanceof Refused || pages.length === 1 ? rows : only(page, rows)));
    },
    () => new Refused('overloaded', TOO_MANY),
    keepAlive,
    LIMITS,
    () => Date.now(),
  );
  return (skus) => (skus.length > SHARED_PAGE_SKUS_MAX ? projected(skus) : calls.ask('rows', null, skus));
}

function only(page: readonly Sku[], rows: ReadonlyMap<Sku, Snapshot>): ReadonlyMap<Sku, Snapshot> {
  const mine = new Map<Sku, Snapshot>();
  for (const sku of page) {
    const row = rows.get(sku);
    if (row !== undefined) mine.set(sku, row);
  }
  return mine;
}
