import { ORDERS_KEPT_DAYS } from '../../contracts/limits.ts';
import { trimOrders } from '../orders/order-registry.ts';
import { ORDERS_TRIMMED_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

const DAY_MS = 86_400_000;

/** Forgets under which id and order_ref orders were told that nobody tells again by now. */
export async function trimOldOrders({
  db,
  nowMs,
}: {
  readonly db: D1Database;
  readonly nowMs: () => number;
}): Promise<JobReport> {
  return { trimmed: await trimOrders(db, nowMs() - ORDERS_KEPT_DAYS * DAY_MS, ORDERS_TRIMMED_MAX) };
}
