import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { Network } from '../../domain/network.ts';
import { DEFAULT_POLICY } from '../../domain/stock.ts';
import { pass, useOwnClock } from './clock.ts';
import { availableIn, counted, NETWORK, received, SkuUnderTest, WEB } from './sku.ts';

useOwnClock();

const WARY: Network = {
  ...NETWORK,
  version: 2,
  channels: [
    {
      id: WEB,
      locations: null,
      buffer: 0,
      class: 100,
      stopSell: false,
      confidence: { countAgeSeconds: 600, erpSilenceSeconds: 120, shrinkPercent: 50 },
    },
  ],
};

async function opened(name: string): Promise<SkuUnderTest> {
  const sku = new SkuUnderTest(name);
  const commands = [
    { type: 'set_item', status: 'active', policy: DEFAULT_POLICY } as const,
    received('opening', 10),
    counted(10),
  ];
  const asked = commands.map((command) => ({ command, key: null, correlationId: 'c0ffee' }));
  await sku.object.execute({ networkVersion: WARY.version, network: WARY, asked });
  return sku;
}

const available = (sku: SkuUnderTest): Promise<number> => availableIn(sku, WARY);

const alarm = (sku: SkuUnderTest): Promise<number | null> =>
  runInDurableObject(sku.object, (_, { storage }) => storage.getAlarm());

test('[R27d] [R39] a number ends with the trust in it, the ERP that confirms restores it, and a restart knows the same', async () => {
  const sku = await opened('SILENT');
  expect(await available(sku)).toBe(10);
  pass(119_500);
  expect(await sku.object.snapshot()).toMatchObject({ freshForMs: 500 });
  pass(500);
  expect(await available(sku)).toBe(5);
  await evictDurableObject(sku.object);
  expect(await available(sku)).toBe(5);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  expect(await available(sku)).toBe(10);
  // What is offered now was told at once, though nothing was recorded; without an answer it is told again.
  expect((await alarm(sku)) ?? 0).toBeLessThanOrEqual(Date.now() + 30_000);
});

test('[R27d] an old count is waited for like any deadline, also over a restart', async () => {
  const sku = await opened('UNCOUNTED');
  const oldAtMs = Date.now() + 600_000;
  for (let rung = 0; rung < 6 && (await alarm(sku)) !== oldAtMs; rung += 1) {
    pass(30_000);
    await runDurableObjectAlarm(sku.object);
    if (rung === 0) await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
    const seen = await sku.object.snapshot();
    await sku.object.published({ sequence: seen?.sequence ?? 0, asOfMs: seen?.asOfMs ?? 0 });
  }
  expect(await alarm(sku)).toBe(oldAtMs);
  await evictDurableObject(sku.object);
  pass(oldAtMs - Date.now() - 1);
  expect(await available(sku)).toBe(10);
  pass(1);
  expect(await available(sku)).toBe(5);
});
