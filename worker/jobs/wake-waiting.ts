import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { LaneSeen } from '../../durable-objects/erp-lane/protocol.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { inParallel } from '../in-parallel.ts';
import { skusWaitingSince } from '../read-models/availability.ts';
import { FULL_LANE_WAIT_MS, WAITS_LONG_MS, WAKE_RUN_MS_MAX, WOKEN_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

export interface WakeWaitingDeps {
  readonly db: D1Database;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'wake'>;
  readonly erpLane: () => Promise<LaneSeen>;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * When the lane of the ERP has closed, and scheduled: whoever was turned away, or failed, and waits for a turn far off may go
 * now, who waits longest first, as fast as the lane has room for them. Whoever is missed has a turn all the same.
 */
export async function wakeWaiting({ db, stockOf, erpLane, nowMs, wait }: WakeWaitingDeps): Promise<JobReport> {
  const endsAtMs = nowMs() + WAKE_RUN_MS_MAX;
  const skus = await skusWaitingSince(db, nowMs() - WAITS_LONG_MS, WOKEN_MAX);
  let at = 0;
  let woken = 0;
  let unreached = 0;
  while (at < skus.length && nowMs() < endsAtMs) {
    // To wake them for an ERP that is away would only lose them their turns.
    const { state, throttledForMs, inFlight, window } = await erpLane();
    if (state !== 'closed' || throttledForMs !== null) break;
    if (inFlight >= window) {
      await wait(FULL_LANE_WAIT_MS);
      continue;
    }
    const some = skus.slice(at, at + OBJECTS_AT_ONCE_MAX);
    at += some.length;
    const results = await inParallel(some, OBJECTS_AT_ONCE_MAX, async (sku) => stockOf(sku).wake());
    woken += results.filter((result) => result.status === 'fulfilled' && result.value).length;
    unreached += results.filter(({ status }) => status === 'rejected').length;
  }
  return { waiting: skus.length, woken, unreached };
}
