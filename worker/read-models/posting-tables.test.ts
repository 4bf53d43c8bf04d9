import { beforeEach, describe, expect, test } from 'vitest';
import { d1OnNode, d1UpTo } from '../../test/d1-on-node.ts';
import { sale, TEA } from '../../test/pipeline/postings.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { ORDER_TABLES, putOrders, reservationsOfOrder } from './orders.ts';
import { turn } from './past-table.ts';
import { deliveriesAfter, deliveriesAt, deliveriesToGoAgain, deliveryOf, logDeliveries, type Delivery } from './posting-log.ts';
import { POSTING_TABLES } from './posting-tables.ts';
import { deliveriesOfTrace } from './postings-of-trace.ts';

const DAY_MS = 86_400_000;

let db: D1Database;
beforeEach(() => {
  db = d1OnNode();
});

const turnOn = (day: number): Promise<boolean> => turn(db, POSTING_TABLES, day * DAY_MS);

const BARE = { erpReference: null, mark: null, error: null, sentAtMs: 1, postedAtMs: null, acknowledgedAtMs: 2 };
const pending = (sequence: number): Delivery => {
  return { ...deliveryOf(sale(TEA, sequence, 1)), ...BARE, state: 'pending', attempts: 1, error: 'No answer.' };
};
const failed = (sequence: number): Delivery => ({ ...pending(sequence), state: 'failed', error: 'closed' });
const posted = (sequence: number): Delivery => {
  return { ...pending(sequence), state: 'posted', error: null, mark: sequence, erpReference: `M-${sequence}`, postedAtMs: 2 };
};

async function logged(): Promise<readonly string[]> {
  const rows = await deliveriesAfter(db, { state: null, sku: null, after: null, limit: 50 });
  return rows.map(({ sequence, state }) => `${sequence} ${state}`);
}
const told = async (): Promise<readonly string[]> => {
  const { results } = await db
    .prepare('SELECT sequence, type FROM event ORDER BY cursor')
    .all<{ sequence: number; type: string }>();
  return results.map(({ sequence, type }) => `${sequence} ${type}`);
};
const ofTrace = async (sequence: number, sku: typeof TEA | null = null): Promise<readonly number[]> =>
  (await deliveriesOfTrace(db, { correlationId: `trace-of-TEA-${sequence}`, sku, limit: 9 })).map((one) => one.sequence);

describe('[R92] the delivery log, where its tables turn', () => {
  test('is one log in one order', async () => {
    await logDeliveries(db, [posted(1), posted(3)], 0);
    expect(await turnOn(1)).toBe(true);
    await logDeliveries(db, [posted(2), posted(4)], 0);
    expect(await logged()).toEqual(['1 posted', '2 posted', '3 posted', '4 posted']);
    expect(await deliveriesAfter(db, { state: 'posted', sku: TEA, after: { sku: TEA, sequence: 1 }, limit: 2 })).toMatchObject([
      { key: 'TEA#2' },
      { key: 'TEA#3' },
    ]);
  });

  test('keeps what was posted for 28 days and not a millisecond less, and what was not posted until it is', async () => {
    await logDeliveries(db, [posted(1), failed(2), pending(3)], 0);
    await turnOn(0);
    expect(await turnOn(28)).toBe(false);
    expect(await logged()).toEqual(['1 posted', '2 failed']);
    expect(await turnOn(28 + 1 / DAY_MS)).toBe(true);
    expect(await turnOn(60)).toBe(true);
    expect(await logged()).toEqual(['2 failed']);
    await logDeliveries(db, [posted(2), posted(3)], 0);
    expect(await logged()).toEqual(['2 posted', '3 posted']);
    expect((await told()).slice(-2)).toEqual(['2 posting.posted', '3 posting.posted']);
  });

  test('what is told of a posting once more is no news, whichever table holds it', async () => {
    await logDeliveries(db, [posted(1)], 0);
    await turnOn(1);
    await logDeliveries(db, [posted(1)], 0);
    await logDeliveries(db, [failed(1), pending(1)], 0);
    expect(await logged()).toEqual(['1 posted']);
    expect(await told()).toEqual(['1 posting.posted']);
  });

  test('one that the feed alone told of is completed by whoever sent it', async () => {
    await logDeliveries(db, [{ ...posted(1), attempts: 0, correlationId: null, sentAtMs: null }], 0);
    await turnOn(1);
    await logDeliveries(db, [posted(1)], 0);
    expect(await deliveriesAt(db, [{ sku: TEA, sequence: 1 }])).toEqual([posted(1)]);
    expect(await ofTrace(1)).toEqual([1]);
  });

  test('[R51] one that the ERP lost goes out again and is posted again', async () => {
    await logDeliveries(db, [posted(1)], 0);
    await turnOn(1);
    await deliveriesToGoAgain(db, [{ sku: TEA, sequence: 1 }], 10);
    expect((await deliveriesAt(db, [{ sku: TEA, sequence: 1 }])).map(({ state }) => state)).toEqual(['pending']);
    await logDeliveries(db, [posted(1)], 0);
    expect(await logged()).toEqual(['1 posted']);
    expect(await told()).toEqual(['1 posting.posted', '1 posting.posted']);
  });

  test('turns again and again, each time with its indexes', async () => {
    const indexes = async () =>
      (
        await db
          .prepare("SELECT tbl_name AS name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'posting_%' ORDER BY 1")
          .all()
      ).results;
    const before = await indexes();
    expect(before).toHaveLength(4);
    for (const day of [0, 30, 60, 90]) expect(await turnOn(day)).toBe(true);
    expect(await indexes()).toEqual(before);
  });
});

describe('[R92] a trace', () => {
  test('finds what was posted at once in both tables of the events, and pays for no index', async () => {
    await logDeliveries(db, [posted(1)], 0);
    await turn(db, EVENT_TABLES, 0);
    await logDeliveries(db, [posted(2)], 0);
    expect(await ofTrace(1)).toEqual([1]);
    expect(await ofTrace(2)).toEqual([2]);
    expect(await db.prepare('SELECT count(*) AS indexed FROM posting WHERE correlation_id IS NOT NULL').first('indexed')).toBe(0);
  });

  test('finds a posting once, though it failed before it was posted', async () => {
    await logDeliveries(db, [failed(1)], 0);
    await logDeliveries(db, [posted(1)], 0);
    expect(await told()).toEqual(['1 posting.failed', '1 posting.posted']);
    expect(await ofTrace(1)).toEqual([1]);
  });

  test('of what was posted at once is found by its SKU alone when the events are gone, of anything else by itself', async () => {
    await logDeliveries(db, [posted(1), pending(2)], 0);
    await logDeliveries(db, [posted(2)], 0);
    for (const day of [0, 8, 16]) await turn(db, EVENT_TABLES, day * DAY_MS);
    await logDeliveries(db, [posted(3)], 0);
    await turn(db, EVENT_TABLES, 24 * DAY_MS);
    expect([await ofTrace(1), await ofTrace(2)]).toEqual([[], [2]]);
    expect([await ofTrace(1, TEA), await ofTrace(2, TEA)]).toEqual([[1], [2]]);
  });
});

test('[R40] what was logged before the tables were two is still in the log, and its trace found by itself', async () => {
  const { database, migrate } = d1UpTo('0022');
  await database
    .prepare(
      `INSERT INTO posting (sku, sequence, key, kind, location, quantity, state, attempts, correlation_id, recorded_at_ms)
       VALUES ('TEA', 1, 'TEA#1', 'committed', 'dc', 1, 'posted', 1, 'trace-of-TEA-1', 1)`,
    )
    .run();
  await database
    .prepare(
      "INSERT INTO event (sku, sequence, type, at_ms, recorded_at_ms, data) VALUES ('TEA', 1, 'posting.posted', 1, 1, '{}')",
    )
    .run();
  migrate();
  db = database;
  expect(await logged()).toEqual(['1 posted']);
  expect(await ofTrace(1)).toEqual([1]);
  // The version before knows one table, and whoever goes back to it finds all of it there.
  for (const [tables, days] of [
    [POSTING_TABLES, 28],
    [EVENT_TABLES, 7],
  ] as const) {
    const migratedAtMs = await db.prepare('SELECT at_ms FROM turned WHERE name = ?').bind(tables.table).first<number>('at_ms');
    expect(await turn(db, tables, (migratedAtMs ?? 0) + days * DAY_MS)).toBe(false);
    expect(await turn(db, tables, (migratedAtMs ?? 0) + days * DAY_MS + 1)).toBe(true);
  }
  await logDeliveries(db, [posted(1), posted(2)], 0);
  expect(await logged()).toEqual(['1 posted', '2 posted']);
  expect(await ofTrace(1)).toEqual([1]);
  expect(await told()).toEqual(['1 posting.posted', '2 posting.posted']);
});

test('[R92] an order is found by its order_ref for 90 days, once however often it is told', async () => {
  const order = { orderRef: 'ORDER-1', reservation: 'r1' as ReservationId };
  const turnOrders = (day: number): Promise<boolean> => turn(db, ORDER_TABLES, day * DAY_MS);
  await db.batch(putOrders(db, [order]));
  await turnOrders(0);
  expect(await turnOrders(90)).toBe(false);
  await db.batch(putOrders(db, [order]));
  expect(await reservationsOfOrder(db, 'ORDER-1')).toEqual(['r1']);
  expect(await turnOrders(90 + 1 / DAY_MS)).toBe(true);
  expect(await reservationsOfOrder(db, 'ORDER-1')).toEqual(['r1']);
  expect(await turnOrders(181)).toBe(true);
  expect(await reservationsOfOrder(db, 'ORDER-1')).toEqual([]);
});
