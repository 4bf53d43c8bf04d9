import { and, eq, sql, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { EventData } from '../../contracts/events.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { EVENT_COLUMNS, type NewEvent } from './events.ts';
import { jsonPages } from './json-pages.ts';
import { BRING_BACK, POSTINGS } from './posting-tables.ts';
import { posting } from './schema.ts';

/** One row of the delivery log. Its `attempts` are 0 where the posting was only met in the ERP's own feed. */
export type Delivery = Readonly<Omit<typeof posting.$inferSelect, 'postedUnder'>>;

/** Where a page goes on: behind this posting. */
export interface Position {
  readonly sku: Sku;
  readonly sequence: number;
}

/**
 * Writes each outcome that matters once: the first fault, the refusal, the success. A further fault, or a success that
 * is told twice, costs no row; one met in the feed alone is completed when the consumer tells more of it. What is new of
 * refusals and successes is an event. Answers how many rows that cost, indexes included.
 */
export async function logDeliveries(db: D1Database, deliveries: readonly Delivery[], nowMs: number): Promise<number> {
  const answered = deliveries.filter(({ state }) => state !== 'pending').map((one) => eventOf(one, nowMs));
  const pages = jsonPages(deliveries);
  const statements = [
    ...pages.map((page) => db.prepare(BRING_BACK).bind(page)),
    ...jsonPages(answered).map((page) => db.prepare(PUT_EVENTS).bind(page)),
    ...pages.map((page) => db.prepare(UPSERT).bind(page)),
  ];
  const results = statements.length === 0 ? [] : await db.batch(statements);
  return results.reduce((rows, { meta }) => rows + meta.rows_written, 0);
}

/**
 * Postings that go out again are pending again, whatever was said of them by then. What was said since then stays: the
 * consumer may be faster than we are.
 */
export async function deliveriesToGoAgain(db: D1Database, positions: readonly Position[], askedAtMs: number): Promise<void> {
  if (positions.length === 0) return;
  const keys = positions.map(({ sku, sequence }) => ({ sku, sequence }));
  const pages = jsonPages(keys);
  await db.batch([
    ...pages.map((page) => db.prepare(BRING_BACK).bind(page)),
    ...pages.map((page) => db.prepare(GO_AGAIN).bind(page, askedAtMs)),
  ]);
}

export async function deliveriesAt(db: D1Database, positions: readonly Position[]): Promise<readonly Delivery[]> {
  if (positions.length === 0) return [];
  const asked = sql`(SELECT value->>'sku', value->>'sequence' FROM json_each(${JSON.stringify(positions)}))`;
  return await select(db, sql`(sku, sequence) IN ${asked}`);
}

/** In order of (sku, sequence), which is how they are stored. */
export async function deliveriesAfter(
  db: D1Database,
  asked: {
    readonly state: 'posted' | 'failed' | null;
    readonly sku: Sku | null;
    readonly after: Position | null;
    readonly limit: number;
    /** Only what was posted, or refused, at that time or later. */
    readonly sinceMs?: number;
  },
): Promise<readonly Delivery[]> {
  const since = asked.sinceMs === undefined ? undefined : sql`acknowledged_at_ms >= ${asked.sinceMs}`;
  const ofSku = asked.sku === null ? undefined : eq(posting.sku, asked.sku);
  const after = asked.after === null ? undefined : sql`(sku, sequence) > (${asked.after.sku}, ${asked.after.sequence})`;
  return await select(db, and(inState(asked.state), ofSku, after, since), asked.limit);
}

/** Those of a trace that an index knows; of one SKU, all. */
export async function deliveriesUnder(
  db: D1Database,
  { correlationId, sku, limit }: { readonly correlationId: string; readonly sku: Sku | null; readonly limit: number },
): Promise<readonly Delivery[]> {
  const under = sql`correlation_id = ${correlationId}`;
  return await select(
    db,
    sku === null ? under : sql`${eq(posting.sku, sku)} AND (${under} OR posted_under = ${correlationId})`,
    limit,
  );
}

/** What a posting says of itself. */
export function deliveryOf({
  sku,
  sequence,
  key,
  kind,
  lines,
  quantity,
  orderRef,
  correlationId,
  recordedAtMs,
}: Posting): PostingWords {
  return { sku, sequence, key, kind, location: lines[0]?.location ?? '', quantity, orderRef, correlationId, recordedAtMs };
}

type PostingWords = Pick<
  Delivery,
  'sku' | 'sequence' | 'key' | 'kind' | 'location' | 'quantity' | 'orderRef' | 'correlationId' | 'recordedAtMs'
>;

/** Literal, and not bound, or the partial index would not serve the few that failed. */
function inState(state: 'posted' | 'failed' | null): SQL {
  switch (state) {
    case 'posted':
      return sql`state = 'posted'`;
    case 'failed':
      return sql`state <> 'posted' AND state = 'failed'`;
    case null:
      // What is pending is told by the objects.
      return sql`state <> 'pending'`;
  }
}

async function select(db: D1Database, where: SQL | undefined, limit = -1): Promise<readonly Delivery[]> {
  const columns = sql.raw(COLUMNS);
  const log = sql.raw(`${POSTINGS} AS posting`);
  return await drizzle(db).all<Delivery>(
    sql`SELECT ${columns} FROM ${log} WHERE ${where ?? sql`1`} ORDER BY sku, sequence LIMIT ${limit}`,
  );
}

const COLUMNS = `sku, sequence, key, kind, location, quantity, order_ref AS "orderRef", state, attempts, erp_reference AS "erpReference",
  mark, error, coalesce(correlation_id, posted_under) AS "correlationId", recorded_at_ms AS "recordedAtMs", sent_at_ms AS "sentAtMs",
  posted_at_ms AS "postedAtMs", acknowledged_at_ms AS "acknowledgedAtMs"`;

/** Neither the order nor what the ERP said: those are for operators. */
function eventOf(
  { sku, sequence, state, correlationId, ...posting }: Delivery,
  nowMs: number,
): NewEvent & Pick<Delivery, 'correlationId'> {
  const { key, kind, location, quantity, erpReference: erp_reference, mark } = posting;
  const data: EventData<'posting.failed'> = { key, kind, location, quantity };
  return {
    sku,
    sequence,
    type: state === 'posted' ? 'posting.posted' : 'posting.failed',
    channel: null,
    atMs: posting.postedAtMs ?? posting.acknowledgedAtMs ?? nowMs,
    recordedAtMs: nowMs,
    data: JSON.stringify(state === 'posted' ? { ...data, erp_reference, mark } : data),
    correlationId,
  };
}

const GO_AGAIN = `
  UPDATE posting SET state = 'pending', error = 'Somebody asked that it goes out again.', mark = NULL, erp_reference = NULL,
                     posted_at_ms = NULL, acknowledged_at_ms = NULL
  WHERE (sku, sequence) IN (SELECT value->>'sku', value->>'sequence' FROM json_each(?1))
    AND state <> 'pending' AND coalesce(acknowledged_at_ms, 0) <= ?2`;

const PUT_EVENTS = `
  INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data, correlation_id)
  SELECT ${EVENT_COLUMNS}, e.value->>'correlationId' FROM json_each(?) AS e
  LEFT JOIN posting AS was ON was.sku = e.value->>'sku' AND was.sequence = e.value->>'sequence'
  WHERE was.sku IS NULL OR was.state = 'pending' OR (was.state = 'failed' AND e.value->>'type' = 'posting.posted')
  ORDER BY e.key`;

// Under which trace it was posted at once, its event tells. Whatever comes to a row later comes into the index.
const UPSERT = `
  INSERT INTO posting (sku, sequence, key, kind, location, quantity, order_ref, state, attempts, erp_reference, mark, error,
                       correlation_id, posted_under, recorded_at_ms, sent_at_ms, posted_at_ms, acknowledged_at_ms)
  SELECT value->>'sku', value->>'sequence', value->>'key', value->>'kind', value->>'location', value->>'quantity',
         value->>'orderRef', value->>'state', value->>'attempts', value->>'erpReference', value->>'mark', value->>'error',
         iif(value->>'state' = 'posted', NULL, value->>'correlationId'), iif(value->>'state' = 'posted', value->>'correlationId', NULL),
         value->>'recordedAtMs', value->>'sentAtMs', value->>'postedAtMs', value->>'acknowledgedAtMs'
  FROM json_each(?) WHERE true
  ON CONFLICT (sku, sequence) DO UPDATE SET
    quantity = iif(excluded.attempts > 0, excluded.quantity, quantity),
    recorded_at_ms = iif(excluded.attempts > 0, excluded.recorded_at_ms, recorded_at_ms),
    state = iif(state = 'posted', 'posted', excluded.state),
    attempts = max(attempts, excluded.attempts),
    erp_reference = coalesce(excluded.erp_reference, erp_reference),
    mark = coalesce(excluded.mark, mark),
    error = iif(state = 'posted', NULL, excluded.error),
    correlation_id = iif(posted_under IS NULL, coalesce(excluded.correlation_id, excluded.posted_under, correlation_id), correlation_id),
    sent_at_ms = coalesce(excluded.sent_at_ms, sent_at_ms),
    posted_at_ms = coalesce(posted_at_ms, excluded.posted_at_ms),
    acknowledged_at_ms = coalesce(excluded.acknowledged_at_ms, acknowledged_at_ms)
  WHERE (posting.attempts = 0 AND excluded.attempts > 0) OR (posting.state <> 'posted' AND excluded.state <> 'pending')`;
