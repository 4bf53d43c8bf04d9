import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { pass, useOwnClock } from './clock.ts';
import type { Count } from '../../domain/command.ts';
import { commit, DC, ERP, gist, received, reserve, SkuUnderTest, WMS } from './sku.ts';

let made = 0;

useOwnClock();

function erpCount(id: string, quantity: number, mark: number | null, asOfMs = Date.now()): Count {
  return {
    type: 'count',
    id,
    source: ERP,
    books: 'erp',
    location: DC,
    status: 'sellable',
    quantity,
    meaning: 'on_hand_minus_committed',
    asOfMs,
    mark,
  };
}

function stockTake(id: string, quantity: number, asOfMs = Date.now()): Count {
  return { ...erpCount(id, quantity, null, asOfMs), source: WMS, books: 'front', meaning: 'on_hand' };
}

/** Ten units received and posted at mark 1; then two sold. */
async function twoSold(): Promise<SkuUnderTest> {
  const sku = await new SkuUnderTest(`COUNT-${(made += 1)}`).stocked(10);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  pass(1_000);
  await sku.ask(reserve('a', 2));
  await sku.ask(commit('a'));
  return sku;
}

async function onHand(sku: SkuUnderTest): Promise<number | undefined> {
  const explained = await sku.object.explain({ channel: null, after: null, limit: 1 });
  return explained?.balances.find(({ status }) => status === 'sellable')?.onHand;
}

test('[R34] a sale that has not left yet is not in the count of the ERP', async () => {
  const sku = await twoSold();
  expect(gist(await sku.ask(erpCount('c', 10, 1)))).toBe('applied');
  expect(await onHand(sku)).toBe(10);
});

test('[R34] while nobody knows whether a sale is in, the count is deferred and may come again', async () => {
  const sku = await twoSold();
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const count = erpCount('c', 8, 2);
  expect(gist(await sku.ask(count))).toBe('deferred');
  await sku.object.acknowledge([{ sequence: 4, outcome: 'posted', mark: 2 }]);
  expect(gist(await sku.ask(count))).toBe('applied');
  expect(await onHand(sku)).toBe(10);
  expect(gist(await sku.ask(count))).toBe('duplicate');
});

test('[R34] a posting beyond the mark is not in the count, also after the memory was lost', async () => {
  const sku = await twoSold();
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 4, outcome: 'posted', mark: 7 }]);
  await evictDurableObject(sku.object);
  expect(gist(await sku.ask(erpCount('c', 13, 6)))).toBe('applied');
  expect(await onHand(sku)).toBe(13);
  expect(gist(await sku.ask(erpCount('late', 99, 5)))).toBe('stale');
});

test('[R35] a count of an ERP without marks lacks what we recorded later, however long ago it happened', async () => {
  const sku = await twoSold();
  const asOfMs = Date.now();
  pass(5_000);
  const tillSale = { ...received('till-1', 3), kind: 'sold' as const, occurredAtMs: asOfMs - 60_000 };
  await sku.ask(tillSale as never);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([
    { sequence: 4, outcome: 'posted', mark: null },
    { sequence: 5, outcome: 'posted', mark: null },
  ]);
  // The ERP had 10 then: neither the order nor the sale at the till had reached it.
  expect(gist(await sku.ask(erpCount('c', 10, null, asOfMs - 1)))).toBe('applied');
  expect(await onHand(sku)).toBe(7);
});

test('[R35] a stock-take holds what happened before it and not what came after', async () => {
  const sku = await twoSold();
  const asOfMs = Date.now();
  pass(60_000);
  await sku.ask(received('later', 5));
  expect(gist(await sku.ask(stockTake('take', 9, asOfMs)))).toBe('applied');
  expect(await onHand(sku)).toBe(14);
  expect(gist(await sku.ask(stockTake('older', 50, asOfMs - 1)))).toBe('stale');
});

test('[R32] a posting is let go once a count holds it, and after a week without', async () => {
  const sku = await twoSold();
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 4, outcome: 'posted', mark: 2 }]);
  const kept = (): Promise<number[]> =>
    runInDurableObject(sku.object, (_, { storage }) =>
      storage.sql
        .exec<{ first: number }>('SELECT first FROM posting ORDER BY first')
        .toArray()
        .map(({ first }) => first),
    );
  expect(await kept()).toEqual([2, 4]);
  await sku.ask(erpCount('c', 8, 2));
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  // The newest stays, since it says how far the journal was sent.
  expect(await kept()).toEqual([4]);

  await sku.ask(received('more', 1));
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 6, outcome: 'posted', mark: 3 }]);
  pass(7 * 86_400_000);
  await sku.ask(received('again', 1));
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  expect(await kept()).not.toContain(4);
  expect(gist(await sku.ask(erpCount('ancient', 8, 1)))).toBe('stale');
});
