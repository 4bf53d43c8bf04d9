import { TRACE_EVENTS_LOOKED_AT, TRACE_STRETCHES_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { newestEvent, oldestKept } from './event-pages.ts';
import { EVENTS } from './event-tables.ts';
import { deliveriesAt, deliveriesUnder, type Delivery, type Position } from './posting-log.ts';

/**
 * What came of a request. An index finds what was not posted at once; the rest is found by its events, which takes a look at all
 * that are kept, so that no posting pays a row for an index. Whoever knows the SKU finds what the log still has of it.
 */
export async function deliveriesOfTrace(
  db: D1Database,
  asked: { readonly correlationId: string; readonly sku: Sku | null; readonly limit: number },
): Promise<readonly Delivery[]> {
  const { limit } = asked;
  const [slow, told] = await Promise.all([
    deliveriesUnder(db, asked),
    asked.sku === null ? toldUnder(db, asked.correlationId, limit) : [],
  ]);
  const known = new Set(slow.map(({ key }) => key));
  const prompt = (await deliveriesAt(db, told)).filter(({ key }) => !known.has(key));
  return [...slow, ...prompt].slice(0, limit);
}

/** The newest first, a stretch at a time, so that others have their turn at the database in between. */
async function toldUnder(db: D1Database, correlationId: string, limit: number): Promise<readonly Position[]> {
  const oldest = await oldestKept(db);
  const find = db.prepare(`SELECT sku, sequence FROM ${EVENTS} WHERE cursor > ?1 AND cursor <= ?2 AND correlation_id = ?3`);
  const found: Position[] = [];
  let through = await newestEvent(db);
  for (let stretch = 0; stretch < TRACE_STRETCHES_MAX && through > oldest && found.length < limit; stretch += 1) {
    const after = Math.max(oldest, through - TRACE_EVENTS_LOOKED_AT);
    found.push(...(await find.bind(after, through, correlationId).all<Position>()).results);
    through = after;
  }
  return found;
}
