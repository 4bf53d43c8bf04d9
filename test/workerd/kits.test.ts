import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { admitAda, ask, stocked } from './ask-api.ts';

beforeEach(admitAda);

const putKit = async (sku: string, components: Readonly<Record<string, number>>) =>
  ask('PUT', `/v1/items/${sku}`, {
    status: 'active',
    components: Object.entries(components).map(([part, factor]) => ({ sku: part, factor })),
  });

const left = async (sku: string) =>
  (await ask('GET', `/v1/availability/${sku}?channel=web&consistency=strong`)).body['available_to_sell'];

test('[R22c] a kit is sold through the objects of its parts', async () => {
  await stocked('KIT-TEA', 9);
  await stocked('KIT-MUG', 5);
  expect((await putKit('KIT-SET', { 'KIT-TEA': 2, 'KIT-MUG': 1 })).status).toBe(201);
  expect((await putKit('KIT-HAMPER', { 'KIT-SET': 2 })).status).toBe(201);
  expect([await left('KIT-SET'), await left('KIT-HAMPER')]).toEqual([4, 2]);

  const reserved = await ask(
    'POST',
    '/v1/reservations',
    {
      channel: 'web',
      lines: [
        { sku: 'KIT-SET', quantity: 2 },
        { sku: 'KIT-TEA', quantity: 1 },
      ],
    },
    { 'idempotency-key': 'kits' },
  );
  expect([reserved.status, reserved.body['lines']]).toMatchObject([
    201,
    [
      { sku: 'KIT-SET', open: 2 },
      { sku: 'KIT-TEA', open: 1 },
    ],
  ]);
  expect([await left('KIT-TEA'), await left('KIT-MUG'), await left('KIT-SET')]).toEqual([4, 3, 2]);
  const explained = await ask('GET', '/v1/availability/KIT-SET/explain?channel=web');
  expect(explained.body).toMatchObject({ available_to_sell: 2, components: [{ sku: 'KIT-MUG' }, { sku: 'KIT-TEA', factor: 2 }] });
});

test('[R22c] in the real database too, two changes at once cannot make a cycle together', async () => {
  for (const sku of ['KIT-A', 'KIT-B', 'KIT-C']) await ask('PUT', `/v1/items/${sku}`, { status: 'active' });
  const said = await Promise.all([
    putKit('KIT-A', { 'KIT-B': 1 }),
    putKit('KIT-B', { 'KIT-C': 1 }),
    putKit('KIT-C', { 'KIT-A': 1 }),
  ]);
  expect(said.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 422]);
  expect(said.find(({ status }) => status === 422)?.body).toMatchObject({ code: 'kit_cycle' });
  const rows = await env.DB.prepare("SELECT kit, sku FROM component WHERE kit LIKE 'KIT-_'").all();
  expect(rows.results).toHaveLength(2);
});
