import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import type { ItemPolicy } from '../../domain/stock.ts';
import { pass, useOwnClock } from './clock.ts';
import { availableIn, commit, countRows, fulfill, gist, received, reserve, SkuUnderTest, WEB } from './sku.ts';

useOwnClock();

const WEEK = 7 * 86_400_000;
const quotaOf = (channel: ChannelId, more: Partial<ItemPolicy['quotas'][number]>): ItemPolicy['quotas'][number] => ({
  channel,
  protected: 0,
  cap: null,
  startsAtMs: null,
  endsAtMs: null,
  ...more,
});

async function sell(sku: SkuUnderTest, id: string, quantity: number): Promise<void> {
  for (const command of [reserve(id, quantity), commit(id), fulfill(id)]) expect(gist(await sku.ask(command))).toBe('accepted');
}

async function periodsOf(sku: SkuUnderTest): Promise<number> {
  return runInDurableObject(
    sku.object,
    (_, { storage }) => storage.sql.exec("SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'").toArray().length,
  );
}

async function expectAudited(sku: SkuUnderTest): Promise<void> {
  expect((await sku.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
}

test('[R27] [I10] what left under a quota is still counted after a restart, and after its journal was archived', async () => {
  const sku = await new SkuUnderTest('QUOTA').stocked(20, { quotas: [quotaOf(WEB, { cap: 10 })] });
  await sell(sku, 'a', 3);
  await evictDurableObject(sku.object);
  expect(await sku.object.consumption()).toEqual([{ channel: WEB, consumed: 3 }]);
  pass(4 * WEEK);
  await sell(sku, 'b', 2);
  await runDurableObjectAlarm(sku.object);
  expect(await periodsOf(sku)).toBe(1);
  await evictDurableObject(sku.object);
  expect(await sku.object.consumption()).toEqual([{ channel: WEB, consumed: 5 }]);
  await expectAudited(sku);
});

test('[R39] an edge of a window is waited for: a number ends there, the alarm rings, and the read models hear of it', async () => {
  const opensAtMs = Date.now() + 3_600_000;
  const sku = await new SkuUnderTest('CAMPAIGN').stocked(9, { quotas: [quotaOf(WEB, { cap: 0, startsAtMs: opensAtMs })] });
  const alarm = (): Promise<number | null> => runInDurableObject(sku.object, (_, { storage }) => storage.getAlarm());
  // Everything else that it is woken for is done soon.
  for (let rung = 0; rung < 5 && (await alarm()) !== opensAtMs; rung += 1) {
    pass(60_000);
    await runDurableObjectAlarm(sku.object);
    const seen = await sku.object.snapshot();
    if (rung === 0) await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
    await sku.object.published({ sequence: seen?.sequence ?? 0, asOfMs: seen?.asOfMs ?? 0 });
  }
  expect(await alarm()).toBe(opensAtMs);

  pass(opensAtMs - 200 - Date.now());
  expect(await sku.object.snapshot()).toMatchObject({ freshForMs: 200, terms: { quotas: [] } });
  pass(200);
  await runDurableObjectAlarm(sku.object);
  expect(await availableIn(sku)).toBe(0);
  // The change was sent when the window opened: now its acknowledgement is awaited, or it is sent again.
  expect(await alarm()).toBe(opensAtMs + 30_000);
});

test('[R39] a window that opened while the object slept is told when it wakes', async () => {
  const opensAtMs = Date.now() + 60_000;
  const sku = await new SkuUnderTest('ASLEEP').stocked(9, { quotas: [quotaOf(WEB, { cap: 0, startsAtMs: opensAtMs })] });
  await evictDurableObject(sku.object);
  pass(120_000);
  expect(gist(await sku.ask(reserve('a', 1)))).toBe('insufficient_stock');
  const alarm = await runInDurableObject(sku.object, (_, { storage }) => storage.getAlarm());
  expect(alarm).toBeLessThanOrEqual(Date.now() + 30_000);
});

test('[R40] an item that was stored before there were quotas is read as one without', async () => {
  const sku = await new SkuUnderTest('OLD').stocked(5);
  await runInDurableObject(sku.object, (_, { storage }) => {
    const old = '{"status":"active","policy":{"backorderLimit":2,"lowStockAt":5,"safetyStock":[],"buffers":[],"stopSell":false}}';
    storage.sql.exec("UPDATE meta SET value = ? WHERE name = 'item'", old);
  });
  await evictDurableObject(sku.object);
  expect(await sku.object.snapshot()).toMatchObject({ terms: { backorderLimit: 2, quotas: [] } });
  await sku.ask(received('more', 1));
  await expectAudited(sku);
});

test('[R37] only what leaves under a quota writes a row more than it would without', async () => {
  const rows = async (policy: Partial<ItemPolicy>): Promise<readonly number[]> => {
    const sku = await new SkuUnderTest(`ROWS-${JSON.stringify(policy).length}`).stocked(50, policy);
    const written = await countRows(sku);
    const each: number[] = [];
    for (const command of [reserve('a', 1), commit('a'), fulfill('a')]) {
      const before = written();
      await sku.ask(command);
      each.push(written() - before);
    }
    return each;
  };
  const without = await rows({});
  const under = await rows({ quotas: [quotaOf(WEB, { cap: 40 })] });
  expect(under.map((count, index) => count - (without[index] ?? 0))).toEqual([0, 0, 1]);
});
