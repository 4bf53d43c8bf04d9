import type { SourceId } from '../../domain/ids.ts';
import { isNews, lookedAt, newWatch } from '../../domain/trouble.ts';
import type { LaneSeen } from '../../durable-objects/erp-lane/protocol.ts';
import { noteWatch, watchOf } from '../connection/watches.ts';
import type { JobReport } from './run-job.ts';

export interface WatchConnectionDeps {
  readonly db: D1Database;
  readonly source: SourceId;
  readonly erpLane: () => Promise<LaneSeen>;
  readonly nowMs: () => number;
}

/** Scheduled: how the connection to the ERP is. While nothing changes, no object hears of it. */
export async function watchConnection({ db, source, erpLane, nowMs }: WatchConnectionDeps): Promise<JobReport> {
  const [row, lane] = await Promise.all([watchOf(db, source), erpLane().catch(() => null)]);
  const before = row?.watch ?? newWatch(nowMs());
  // A lane that cannot be asked lets nobody in.
  const sight = { feedReadAtMs: row?.feedReadAtMs ?? null, laneClosed: lane?.state === 'closed' };
  const after = lookedAt(before, sight, nowMs());
  await noteWatch(db, source, after);
  return {
    feedAgeMs: sight.feedReadAtMs === null ? null : nowMs() - sight.feedReadAtMs,
    lane: lane?.state ?? null,
    feedSinceMs: after.feedSinceMs,
    laneSinceMs: after.laneSinceMs,
    told: isNews(before, after),
  };
}
