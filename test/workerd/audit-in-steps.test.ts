import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { Audit } from '../../durable-objects/sku-stock/audit.ts';
import { AUDIT_ENTRIES_AT_ONCE, OPEN_ORDERS_TOLD_DAYS, PERIOD_MS } from '../../durable-objects/sku-stock/limits.ts';
import { Outbox } from '../../durable-objects/sku-stock/outbox.ts';
import type { SkuStock } from '../../durable-objects/sku-stock/sku-stock.ts';
import { StockLog } from '../../durable-objects/sku-stock/stock-log.ts';
import { pass, useOwnClock } from './clock.ts';
import { commit, fulfill, received, release, reserve, SkuUnderTest } from './sku.ts';

useOwnClock();

const DAY_MS = 86_400_000;
/** A test that waits for an audit that failed would wait for ever. */
const CALLS_MAX = 1_000;

/** A SKU with a past of so many entries, as a hot one has it: goods that the ERP booked in and out again. */
async function withPast(name: string, entries: number): Promise<SkuUnderTest> {
  const sku = await new SkuUnderTest(name).stocked(1_000);
  await sku.ask({ ...received('in', 1), books: 'erp' } as ReturnType<typeof received>);
  await sku.ask({ ...received('out', 1), books: 'erp', kind: 'sold' } as ReturnType<typeof received>);
  await runInDurableObject(sku.object, (_, { storage }) => {
    const table = journalIn(storage.sql);
    storage.sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO ${table} (sequence, at, mark, body)
       SELECT sequence + 2 * i, at, NULL, body FROM n, ${table} WHERE sequence IN (3, 4)`,
      (entries - 4) / 2,
    );
  });
  await evictDurableObject(sku.object);
  return sku;
}

test('[R63] an audit of a long journal lets those who buy through between its steps, and proves the moment at which it began', async () => {
  const sku = await withPast('HOT', 100_000);
  const began = performance.now();
  // A cold start reads the whole tail that no ERP has heard of, which is no part of this.
  await sku.ask(reserve('warm', 1));
  const proving = sku.object.proof().then((proof) => ({ proof, tookMs: performance.now() - began }));
  let isProven = false;
  const proven = (): boolean => (isProven = true);
  void proving.then(proven, proven);
  const waits: number[] = [];
  for (let n = 0; !isProven && n < CALLS_MAX; n += 1) {
    const askedAt = performance.now();
    await sku.ask(reserve(`r-${n}`, 1));
    await sku.ask(n % 2 === 0 ? commit(`r-${n}`) : release(`r-${n}`));
    if (n % 4 === 0) await sku.ask(fulfill(`r-${n}`));
    waits.push(performance.now() - askedAt);
  }
  const { proof, tookMs } = await proving;
  console.log(
    `audit of 100,000 entries: ${tookMs.toFixed(0)} ms, meanwhile ${waits.length} reservations with two to three calls each, the slowest ${Math.max(...waits).toFixed(0)} ms`,
  );
  expect(proof?.checks.filter(({ holds }) => !holds)).toEqual([]);
  expect(proof?.sequence).toBeLessThan(100_010);
  expect(waits.length).toBeGreaterThan(3);
}, 60_000);

test.each([AUDIT_ENTRIES_AT_ONCE - 2, AUDIT_ENTRIES_AT_ONCE, AUDIT_ENTRIES_AT_ONCE + 2, 2 * AUDIT_ENTRIES_AT_ONCE])(
  '[R63] a journal of %i entries is proven to its end, and what was altered in it is found wherever it stands',
  async (entries) => {
    const sku = await withPast(`EDGE-${entries}`, entries);
    const proof = await sku.object.proof();
    expect(proof).toMatchObject({ sequence: entries, archive: { head: null, throughMs: 0 } });
    expect(proof?.checks.every(({ holds }) => holds)).toBe(true);
    for (const sequence of [3, entries - 1]) {
      await runInDurableObject(sku.object, (_, { storage }) => {
        const table = journalIn(storage.sql);
        storage.sql.exec(`UPDATE ${table} SET body = replace(body, '"onHand":', '"onHand":1') WHERE sequence = ?`, sequence);
      });
      const found = (await sku.object.proof())?.checks.filter(({ holds }) => !holds).map(({ invariant }) => invariant);
      expect([sequence, found]).toEqual([sequence, ['I1', 'I1']]);
      await evictDurableObject(sku.object);
    }
  },
);

test('[R63] [R8] an audit from under which a week goes to the archive knows that it has to begin anew', async () => {
  const sku = await withPast('ARCHIVED', 100);
  pass(3 * PERIOD_MS);
  await sku.ask(reserve('a', 1));
  const audits = await runInDurableObject(sku.object, async (object, { storage }) => {
    const log = new StockLog(storage, sku.sku as Sku);
    const stock = log.found();
    const outbox = new Outbox(storage, log, sku.sku as Sku, 'commit');
    outbox.read();
    const audit = new Audit(storage.sql, stock, log, outbox);
    const before = [audit.next(10), audit.isOvertaken];
    await (object as SkuStock).alarm();
    return [before, audit.isOvertaken];
  });
  expect(audits).toEqual([[null, false], true]);
  expect((await sku.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
});

function journalIn(sql: SqlStorage): string {
  const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'journal_[0-9]*'").toArray();
  return tables[0]?.name ?? 'none';
}

test('[R92] with its proof an item tells which orders are open for long, also when it just woke', async () => {
  const sku = await new SkuUnderTest('OWED').stocked(5);
  for (const reservation of ['owed', 'done', 'undecided']) await sku.ask(reserve(reservation, 1));
  for (const reservation of ['owed', 'done']) await sku.ask(commit(reservation));
  await sku.ask(fulfill('done'));
  expect((await sku.object.proof())?.openOrders).toEqual([]);
  pass(OPEN_ORDERS_TOLD_DAYS * DAY_MS);
  const due = [{ orderRef: expect.any(String), reservation: 'owed' }];
  expect((await sku.object.proof())?.openOrders).toEqual(due);
  await evictDurableObject(sku.object);
  expect((await sku.object.proof())?.openOrders).toEqual(due);
});
