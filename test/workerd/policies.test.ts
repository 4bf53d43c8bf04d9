import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { admitAda, ask, stocked } from './ask-api.ts';
import { pass, useOwnClock } from './clock.ts';

useOwnClock();
beforeEach(admitAda);

let keys = 0;
const reserve = (sku: string, quantity: number) =>
  ask('POST', '/v1/reservations', { channel: 'web', lines: [{ sku, quantity }] }, { 'idempotency-key': `policy-${(keys += 1)}` });

const available = async (sku: string): Promise<unknown> =>
  (await ask('GET', `/v1/availability/${sku}?channel=web&consistency=strong`)).body['available_to_sell'];

/** As another data centre's Worker would write it: nobody here hears of it. */
async function changedElsewhere(sql: string): Promise<void> {
  await env.DB.batch([env.DB.prepare(sql), env.DB.prepare('UPDATE network_version SET version = version + 1')]);
}

test("[R27b] an item's policy binds admission as soon as its PUT is answered", async () => {
  await stocked('AT-ONCE', 10);
  await ask('PUT', '/v1/items/AT-ONCE/policy', { quotas: [{ channel: 'web', cap: 3 }] });
  expect((await reserve('AT-ONCE', 4)).body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 3 }] });
  expect((await reserve('AT-ONCE', 3)).status).toBe(201);
  const refused = await ask('PUT', '/v1/items/AT-ONCE/policy', { quotas: [{ channel: 'web', cap: 2 }] });
  expect([refused.status, refused.body['code']]).toEqual([409, 'cap_below_consumption']);
  expect((await ask('GET', '/v1/items/AT-ONCE/policy')).body).toMatchObject({ quotas: [{ cap: 3, consumed: 3 }] });
});

test('[R27] what another data centre says of a channel or a location binds admission here within a second', async () => {
  await stocked('ELSEWHERE', 10);
  expect(await available('ELSEWHERE')).toBe(10);
  await changedElsewhere("UPDATE channel SET buffer = 4 WHERE id = 'web'");
  pass(1_000);
  expect((await reserve('ELSEWHERE', 7)).body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 6 }] });
  await changedElsewhere("UPDATE location SET stop_sell = 1 WHERE id = 'dc'");
  pass(1_000);
  expect((await reserve('ELSEWHERE', 1)).body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 0 }] });
  await changedElsewhere("UPDATE location SET stop_sell = 0 WHERE id = 'dc'");
  await changedElsewhere(
    `UPDATE channel SET buffer = 0, confidence = '{"countAgeSeconds":60,"erpSilenceSeconds":null,"shrinkPercent":50}' WHERE id = 'web'`,
  );
  pass(1_000);
  expect(await available('ELSEWHERE')).toBe(5);
});

test('[R27e] receipts date a promise from the next request on', async () => {
  await stocked('DATED', 1);
  await ask('PUT', '/v1/items/DATED/policy', { backorder_limit: 5 });
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  const receipts = [{ location: 'dc', quantity: 5, expected_at: soon }];
  expect((await ask('PUT', '/v1/items/DATED/receipts', { receipts })).status).toBe(201);
  const { body } = await reserve('DATED', 3);
  expect(body).toMatchObject({ promised_at: soon, lines: [{ backordered: 2 }] });
  expect((await ask('GET', `/v1/reservations/${String(body['id'])}`)).body['promised_at']).toBe(soon);
});
