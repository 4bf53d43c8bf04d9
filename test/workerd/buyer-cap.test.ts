import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { Command } from '../../domain/command.ts';
import { pass, useOwnClock } from './clock.ts';
import { commit, fulfill, gist, release, reserve, SkuUnderTest } from './sku.ts';

useOwnClock();

const DAY_SECONDS = 86_400;
const CAPPED = { buyerCap: { quantity: 3, periodSeconds: 14 * DAY_SECONDS } };
const by = (buyer: string, id: string, quantity: number): Command => ({ ...reserve(id, quantity), buyer }) as Command;

async function sell(sku: SkuUnderTest, buyer: string, id: string, quantity: number): Promise<void> {
  for (const command of [by(buyer, id, quantity), commit(id), fulfill(id)]) expect(gist(await sku.ask(command))).toBe('accepted');
}

async function buyerRows(sku: SkuUnderTest): Promise<number> {
  return runInDurableObject(sku.object, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'buyer_*'").toArray();
    return tables.reduce((total, { name }) => total + storage.sql.exec(`SELECT * FROM ${name}`).toArray().length, 0);
  });
}

test('[R27c] what a buyer took away counts for the whole period, also when nothing of it is live any more', async () => {
  const sku = await new SkuUnderTest('CAPPED').stocked(20, CAPPED);
  await sell(sku, 'ann', 'a', 2);
  await evictDurableObject(sku.object);
  pass((14 * DAY_SECONDS - 1) * 1_000);
  await sku.ask(release('nobody'));
  expect(gist(await sku.ask(by('ann', 'b', 2)))).toBe('buyer_cap_exceeded');
  expect(gist(await sku.ask(by('ann', 'c', 1)))).toBe('accepted');
  pass(1_000);
  expect(gist(await sku.ask(by('ann', 'd', 2)))).toBe('accepted');
});

test('[R27c] what a buyer took away in several weeks counts together', async () => {
  const sku = await new SkuUnderTest('WEEKS').stocked(20, CAPPED);
  await sell(sku, 'ann', 'a', 2);
  pass(8 * DAY_SECONDS * 1_000);
  await sell(sku, 'ann', 'b', 1);
  expect(gist(await sku.ask(by('ann', 'c', 1)))).toBe('buyer_cap_exceeded');
});

test('[R27c] only goods that left to a named buyer of a capped item leave a row behind', async () => {
  const sku = await new SkuUnderTest('NAMED').stocked(20, CAPPED);
  for (const command of [reserve('x', 1), commit('x'), fulfill('x'), by('ann', 'y', 1), release('y')]) await sku.ask(command);
  expect(await buyerRows(sku)).toBe(0);
  await sell(sku, 'ann', 'a', 1);
  expect(await buyerRows(sku)).toBe(1);

  const free = await new SkuUnderTest('FREE').stocked(20);
  await sell(free, 'ann', 'a', 1);
  expect(await buyerRows(free)).toBe(0);
});

test('[R27c] a closed reservation is counted once, whatever is asked of it afterwards', async () => {
  const sku = await new SkuUnderTest('AGAIN').stocked(20, CAPPED);
  await sell(sku, 'ann', 'a', 1);
  expect(gist(await sku.ask(commit('a', 'second')))).toBe('already_committed');
  expect(gist(await sku.ask(fulfill('a')))).toBe('already_fulfilled');
  expect(await buyerRows(sku)).toBe(1);
  expect(gist(await sku.ask(by('ann', 'b', 3)))).toBe('buyer_cap_exceeded');
  expect(gist(await sku.ask(by('ann', 'c', 2)))).toBe('accepted');
});
