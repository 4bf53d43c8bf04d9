import { evictDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { ReservationId } from '../../domain/ids.ts';
import { pass, useOwnClock } from './clock.ts';
import { SkuUnderTest, WEB } from './sku.ts';

useOwnClock();

/** Units that are asked for and, where there are so many, promised for a day, so that no deadline comes in between. */
async function buy(sku: SkuUnderTest, name: string, quantity: number): Promise<void> {
  const reservation = name as ReservationId;
  const lines = [{ line: 1, quantity, at: null }];
  const terms = { channel: WEB, buyer: null, ttlMs: 86_400_000, mode: 'all_or_nothing', split: 'allowed' } as const;
  await sku.ask({ type: 'reserve', reservation, lines, ...terms });
}

const freshForMs = async (sku: SkuUnderTest): Promise<number | undefined> => (await sku.object.snapshot())?.freshForMs;

test('[R90] the object says how long its number may be shown: longer once it knows that nobody asks, shorter the scarcer it is', async () => {
  const sku = await new SkuUnderTest('SCARCE').stocked(20);
  expect(await freshForMs(sku)).toBe(1_000);
  pass(10_000);
  expect(await freshForMs(sku)).toBe(5_000);
  await buy(sku, 'a', 10);
  // Ten units just now are five a second; ten are left, of which a tenth is asked for within 200 ms.
  expect(await freshForMs(sku)).toBe(200);
  await buy(sku, 'refused', 90);
  expect(await freshForMs(sku)).toBe(50);
  await buy(sku, 'b', 10);
  expect(await freshForMs(sku)).toBe(1_000);
});

test('[R90] demand is remembered by nobody but the object, which begins anew after a restart', async () => {
  const sku = await new SkuUnderTest('FORGETFUL').stocked(20);
  await buy(sku, 'a', 10);
  expect(await freshForMs(sku)).toBe(200);
  await evictDurableObject(sku.object);
  expect(await freshForMs(sku)).toBe(1_000);
});

test('[R90] a deadline ends it before demand does', async () => {
  const sku = await new SkuUnderTest('ENDING').stocked(20);
  await buy(sku, 'a', 1);
  pass(86_400_000 - 300);
  expect(await freshForMs(sku)).toBe(300);
});
