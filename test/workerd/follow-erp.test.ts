import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import type { ErpChange } from '../../erp/port.ts';
import { followErp } from '../../worker/jobs/follow-erp.ts';
import { feedCursorOf, moveFeedCursor } from '../../worker/read-models/feed-cursor.ts';
import { listCases } from '../../worker/read-models/cases.ts';
import { deliveriesAt } from '../../worker/read-models/posting-log.ts';
import { deliveriesOfTrace } from '../../worker/read-models/postings-of-trace.ts';
import { Refused } from '../../worker/refused.ts';
import type { StockGateway } from '../../worker/stock/stock-gateway.ts';
import { sale } from '../pipeline/postings.ts';
import { Listener } from './pipeline.ts';
import { DC, ERP, NETWORK, SkuUnderTest } from './sku.ts';

const db = env.DB;
const TEA = 'TEA' as Sku;
let erp: MemoryErp;
let heard: Listener;
let reachable: boolean;

/** The real object, over the real commands; only the network comes from the test. */
const stock: Pick<StockGateway, 'execute'> = {
  execute: async (sku, asked) => {
    if (!reachable) return new Refused('overloaded', 'too much');
    const result = await env.SKU_STOCK.getByName(sku).execute({ networkVersion: NETWORK.version, network: NETWORK, asked });
    if (result.outcome === 'sku_unknown') return new Refused('sku_unknown', 'no such item');
    if (result.outcome !== 'done') throw new Error(result.outcome);
    return result.replies;
  },
};

beforeEach(async () => {
  erp = new MemoryErp({ enforcesKeys: true, pageMax: 3 });
  heard = new Listener();
  reachable = true;
  await db.batch([
    db.prepare(
      "INSERT INTO item (sku, name, status, units, version, policy, policy_version) VALUES ('TEA', NULL, 'active', '[]', 1, NULL, 1)",
    ),
    db.prepare("INSERT INTO location (id, name, type, priority, stop_sell, version) VALUES ('dc', NULL, 'dc', 1, 0, 1)"),
    db.prepare(
      "INSERT INTO alias (kind, system, external_id, target) VALUES ('item', 'erp', '4711', 'TEA'), ('location', 'erp', 'W01', 'dc')",
    ),
  ]);
  await new SkuUnderTest('TEA').stocked(0);
});
afterEach(() => reset());

const follow = (source: SourceId = ERP) => followErp({ db, erp, source, stock, stockOf: heard.stockOf, nowMs: () => 9_000 });

function book(key: string, onHand: number, more: Partial<Omit<ErpChange, 'mark' | 'reference'>> = {}): void {
  const lines = [{ location: DC, status: 'sellable' as const, onHand, committed: 0 }];
  erp.book({
    key,
    kind: onHand > 0 ? 'received' : 'sold',
    sku: TEA,
    lines,
    orderRef: null,
    document: null,
    reason: null,
    occurredAtMs: 1_000,
    ...more,
  });
}

async function onHand(): Promise<number | undefined> {
  const explained = await (env.SKU_STOCK.getByName('TEA') as unknown as SkuStockStub).explain({
    channel: null,
    after: null,
    limit: 1,
  });
  return explained?.balances.find(({ location, status }) => location === DC && status === 'sellable')?.onHand;
}

async function openCases(): Promise<readonly string[]> {
  return (await listCases(db, { state: 'open', kind: null, sku: null, before: null, limit: 10 })).map(({ id }) => id).sort();
}

test('[R34] what people book in the ERP is booked here, page by page, once', async () => {
  book('RECEIPT-1', 10);
  book('RECEIPT-2', 5);
  book('SALE-1', -3);
  book('RECEIPT-3', 1);
  expect(await follow()).toMatchObject({ changes: 4, booked: 4, cases: 0, cursor: '4' });
  expect(await onHand()).toBe(13);
  expect(await follow()).toMatchObject({ changes: 0, booked: 0 });
});

test('a run that dies before it moved its cursor is repeated without harm', async () => {
  book('RECEIPT-1', 10);
  await follow();
  await db.prepare('DELETE FROM feed_cursor').run();
  expect(await follow()).toMatchObject({ changes: 1 });
  expect(await onHand()).toBe(10);
});

test('the cursor stays where it is while a fact could not be applied', async () => {
  book('RECEIPT-1', 10);
  reachable = false;
  await expect(follow()).rejects.toThrow('TEA');
  expect(await feedCursorOf(db, ERP)).toBeNull();
  reachable = true;
  await follow();
  expect(await onHand()).toBe(10);
});

test('of two runs at once the slower never moves the cursor back', async () => {
  expect(await moveFeedCursor(db, { source: ERP, from: null, to: '3', nowMs: 1 })).toBe(true);
  expect(await moveFeedCursor(db, { source: ERP, from: null, to: '2', nowMs: 2 })).toBe(false);
  expect(await moveFeedCursor(db, { source: ERP, from: '3', to: '6', nowMs: 3 })).toBe(true);
  expect(await moveFeedCursor(db, { source: ERP, from: '3', to: '4', nowMs: 4 })).toBe(false);
  expect(await feedCursorOf(db, ERP)).toBe('6');
});

test('whoever waits for the end of the feed gets there, though others read it at the same time', async () => {
  for (let n = 1; n <= 8; n += 1) book(`RECEIPT-${n}`, 1);
  const runs = await Promise.all([follow(), follow(), follow(), follow()]);
  expect(runs.map(({ cursor, ended }) => ({ cursor, ended }))).toEqual(Array(4).fill({ cursor: '8', ended: true }));
  expect(await onHand()).toBe(8);
});

test('[R34] a change that bears one of our keys acknowledges its posting and moves nothing', async () => {
  await erp.post([sale(TEA, 5, 2)], AbortSignal.timeout(1_000));
  expect(await follow()).toMatchObject({ acknowledged: 1, booked: 0 });
  expect(heard.acknowledged.get(TEA)).toEqual([{ sequence: 5, outcome: 'posted', mark: 1 }]);
  expect(await onHand()).toBeUndefined();
  expect(await deliveriesAt(db, [{ sku: TEA, sequence: 5 }])).toMatchObject([
    { state: 'posted', mark: 1, quantity: 2, erpReference: 'M-1' },
  ]);
});

test('a posting whose answer was lost keeps its trace and its attempts, since its object tells them', async () => {
  await erp.post([sale(TEA, 5, 2)], AbortSignal.timeout(1_000));
  heard.waiting.set(TEA, [{ posting: sale(TEA, 5, 2), state: 'sent', attempts: 3, sentAtMs: 2_000 }]);
  await follow();
  const expected = { state: 'posted', mark: 1, attempts: 3, sentAtMs: 2_000, recordedAtMs: 1_000 };
  expect(await deliveriesOfTrace(db, { correlationId: 'trace-of-TEA-5', sku: null, limit: 10 })).toMatchObject([expected]);
});

test('a posting that the log holds as posted is not told again', async () => {
  await erp.post([sale(TEA, 5, 2)], AbortSignal.timeout(1_000));
  await follow();
  await db.prepare('DELETE FROM feed_cursor').run();
  heard.acknowledged.clear();
  expect(await follow()).toMatchObject({ changes: 1, acknowledged: 0 });
  expect(heard.acknowledged.size).toBe(0);
});

test('codes of the ERP are read by the aliases that were declared for it', async () => {
  const lines = [{ location: 'W01' as LocationId, status: 'sellable' as const, onHand: 4, committed: 0 }];
  book('RECEIPT-1', 4, { sku: '4711' as Sku, lines });
  await follow();
  expect(await onHand()).toBe(4);
});

test('a code that nobody declared is a case of its own and stops nothing behind it', async () => {
  const elsewhere = [{ location: 'moon' as LocationId, status: 'sellable' as const, onHand: 1, committed: 0 }];
  book('RECEIPT-1', 1, { sku: 'GHOST' as Sku });
  book('RECEIPT-2', 1, { sku: 'GHOST' as Sku });
  book('RECEIPT-3', 1, { lines: elsewhere });
  book('RECEIPT-4', 7);
  await follow();
  expect(await openCases()).toEqual(['code_unknown~item~GHOST', 'code_unknown~location~moon']);
  expect(await onHand()).toBe(7);
});

test('a closed case of an unknown code opens again for a later change, not for one that is read twice', async () => {
  book('RECEIPT-1', 1, { sku: 'GHOST' as Sku });
  await follow();
  await db.batch([db.prepare("UPDATE cases SET state = 'resolved'"), db.prepare('DELETE FROM feed_cursor')]);
  await follow();
  expect(await openCases()).toEqual([]);
  book('RECEIPT-2', 1, { sku: 'GHOST' as Sku });
  await follow();
  expect(await openCases()).toEqual(['code_unknown~item~GHOST']);
});

test('a promise that the ERP books by itself is a case, since it moves nothing on hand', async () => {
  book('ORDER-9', 0, { kind: 'committed', lines: [{ location: DC, status: 'sellable', onHand: 0, committed: 3 }] });
  await follow();
  expect(await openCases()).toEqual(['change_unbooked~ORDER-9']);
});

test('[R22c] what the ERP books on a kit is a case, since a kit has no stock', async () => {
  await db.prepare("INSERT INTO component (kit, sku, factor, position) VALUES ('TEA', 'LEAF', 2, 0)").run();
  book('RECEIPT-1', 10, { sku: '4711' as Sku });
  await follow();
  expect(await openCases()).toEqual(['change_unbooked~RECEIPT-1']);
});

test('an ERP that is down is no fault of ours: the run ends, and the next one goes on', async () => {
  book('RECEIPT-1', 10);
  erp.faults.down = true;
  expect(await follow()).toMatchObject({ pages: 0, unavailable: 'The ERP is down.' });
  erp.faults.down = false;
  await follow();
  expect(await onHand()).toBe(10);
});

test('[R36] a feed of which more is booked than anybody can read has an end where a page says so, or where enough was read', async () => {
  let booked = 0;
  const busy = (more: object) => ({
    changes: async (after: string | null, signal: AbortSignal) => {
      book(`RECEIPT-${(booked += 1)}`, 1);
      return { ...(await erp.changes(after, signal)), ...more };
    },
  });
  const parts = { db, source: ERP, stock, stockOf: heard.stockOf, nowMs: () => 9_000 };
  expect(await followErp({ ...parts, erp: busy({ atEnd: true }) })).toMatchObject({ pages: 1, ended: true, cursor: '1' });
  expect(await followErp({ ...parts, erp: busy({}), untilMark: 4 })).toMatchObject({ pages: 3, ended: true, cursor: '4' });
  expect(await onHand()).toBe(4);
});
