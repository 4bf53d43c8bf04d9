import { EVENT_TABLES } from '../read-models/event-tables.ts';
import { ORDER_TABLES } from '../read-models/orders.ts';
import { turn } from '../read-models/past-table.ts';
import { POSTING_TABLES } from '../read-models/posting-tables.ts';
import type { JobReport } from './run-job.ts';

/** Lets go of what is older than readers were told that it is kept, a table of it at a time. */
export async function turnTables({ db, nowMs }: { readonly db: D1Database; readonly nowMs: () => number }): Promise<JobReport> {
  const turnings = [EVENT_TABLES, POSTING_TABLES, ORDER_TABLES];
  const turned = await Promise.all(turnings.map((one) => turn(db, one, nowMs())));
  return Object.fromEntries(turnings.map(({ table }, index) => [table, turned[index] ?? false]));
}
