import { expect, test } from 'vitest';
import { admitAda, ask, stocked } from './ask-api.ts';
import { useOwnClock } from './clock.ts';

// Nothing grows old here by itself.
useOwnClock();

const query = async (body: object) => {
  const text = new TextEncoder().encode(JSON.stringify(body));
  return ask('POST', '/v1/availability/query', body, { 'content-length': String(text.length) });
};

test('a page is answered in front of the routes, and what is not plain reaches them whole after its body was read', async () => {
  await admitAda();
  await stocked('PAGE-1', 7);
  await ask('PUT', '/v1/items/PAGE-2', { status: 'active', aliases: [{ system: 'gtin', external_id: '4012345' }] });
  for (const sku of ['PAGE-1', 'PAGE-2']) await ask('GET', `/v1/availability/${sku}?channel=web`);

  const plain = await query({ channel: 'web', skus: ['PAGE-1', 'PAGE-2'] });
  expect(plain.body).toMatchObject({ items: [{ sku: 'PAGE-1', available_to_sell: 7, source: 'isolate' }, { sku: 'PAGE-2' }] });
  const alias = await query({ channel: 'web', skus: ['PAGE-1', { system: 'gtin', external_id: '4012345' }, 'NOPE'] });
  expect(alias.body).toMatchObject({ items: [{ sku: 'PAGE-1', available_to_sell: 7 }, { sku: 'PAGE-2' }], missing: ['NOPE'] });
  expect((await query({ channel: 'web', skus: 'PAGE-1' })).status).toBe(400);
});

test('asked strongly, the object answers in front of the routes too', async () => {
  await admitAda();
  await stocked('SURE-1', 3);
  await ask('GET', '/v1/availability/SURE-1?channel=web');
  const { status, body } = await ask('GET', '/v1/availability/SURE-1?channel=web&consistency=strong');
  expect([status, body]).toMatchObject([200, { available_to_sell: 3, source: 'object' }]);
});

test('five hundred who ask at once for what nobody knows yet are all answered', async () => {
  await admitAda();
  await stocked('RUSH-1', 5);
  const answers = await Promise.all(Array.from({ length: 500 }, () => ask('GET', '/v1/availability/RUSH-1?channel=web')));
  expect(answers.filter(({ status, body }) => status !== 200 || body['available_to_sell'] !== 5)).toEqual([]);
});
