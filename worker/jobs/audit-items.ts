import type { Sku } from '../../domain/ids.ts';
import { inParallel } from '../in-parallel.ts';
import { auditCases, type AuditedItem } from '../proof/audit-cases.ts';
import { auditItem, type Audited } from '../proof/audit-item.ts';
import { AUDIT_WORK_MS_MAX, ITEMS_AT_ONCE_MAX, ITEMS_PER_RUN_MAX, SEGMENTS_AUDITED_NIGHTLY } from '../proof/limits.ts';
import { itemsAfter, noteAsked, roundAt } from '../proof/rounds.ts';
import type { Segments } from '../proof/segments.ts';
import { putOrders } from '../read-models/orders.ts';
import { Refused } from '../refused.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import type { JobReport } from './run-job.ts';

export interface AuditItemsDeps {
  readonly db: D1Database;
  readonly stock: Pick<StockGateway, 'ask'>;
  readonly segments: Segments;
  readonly nowMs: () => number;
}

/**
 * Scheduled: proves the numbers of every item once a night, some items a minute; each run goes on where the one before came to.
 * What is open for long is told to the look-up of orders on the way, since it lets go of what was told long ago.
 */
export async function auditItems(deps: AuditItemsDeps): Promise<JobReport> {
  const { db, nowMs } = deps;
  const beganAtMs = nowMs();
  let round = await roundAt(db, beganAtMs);
  let asked = 0;
  while (round !== null && round.endedAtMs === null && asked < ITEMS_PER_RUN_MAX && nowMs() < beganAtMs + AUDIT_WORK_MS_MAX) {
    const skus = await itemsAfter(db, round.afterSku, ITEMS_AT_ONCE_MAX);
    const audited = (await inParallel(skus, ITEMS_AT_ONCE_MAX, async (sku) => failuresOf(sku, deps))).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    const answered = audited.filter((one) => one !== null);
    const after = {
      ...round,
      afterSku: skus.at(-1) ?? round.afterSku,
      items: round.items + answered.length,
      failed: round.failed + answered.filter(({ failed }) => failed.length > 0).length,
      unanswered: round.unanswered + skus.length - answered.length,
      endedAtMs: skus.length < ITEMS_AT_ONCE_MAX ? nowMs() : null,
    };
    const openOrders = answered.flatMap((one) => one.openOrders);
    await db.batch([...auditCases(db, answered, nowMs()), ...putOrders(db, openOrders), ...noteAsked(db, round, after)]);
    asked += skus.length;
    round = after;
  }
  return { asked, items: round?.items ?? null, failed: round?.failed ?? null, ended: round !== null && round.endedAtMs !== null };
}

/** null: nobody could say. One that gives no answer keeps no other from being asked. */
async function failuresOf(sku: Sku, deps: AuditItemsDeps): Promise<(AuditedItem & Pick<Audited, 'openOrders'>) | null> {
  const audited = await auditItem(sku, { ...deps, segmentsMax: SEGMENTS_AUDITED_NIGHTLY });
  if (audited instanceof Refused) return null;
  const { checks, openOrders } = audited;
  return { sku, failed: checks.filter(({ holds }) => !holds), openOrders };
}
