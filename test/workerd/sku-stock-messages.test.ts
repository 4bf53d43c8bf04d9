import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { received, reserve, SkuUnderTest } from './sku.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

async function alarmInMs(sku: SkuUnderTest): Promise<number> {
  const atMs = await runInDurableObject(sku.object, (_, { storage }) => storage.getAlarm());
  return (atMs ?? Infinity) - Date.now();
}

test('[R39] what changed while a message was under way goes out when that one has arrived, not when it would be repeated', async () => {
  const sku = await new SkuUnderTest('NEWS').stocked(100);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  pass(60_000);
  await sku.ask(received('more', 1));
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const sentAtMs = Date.now();
  await sku.ask(reserve('a', 1));
  pass(500);
  const snapshot = await sku.object.snapshot();
  await sku.object.published({ sequence: snapshot?.sequence ?? 0, asOfMs: sentAtMs });
  expect(await alarmInMs(sku)).toBeLessThanOrEqual(1_000);
});
