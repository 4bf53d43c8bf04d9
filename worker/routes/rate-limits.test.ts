import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../contracts/operations.ts';
import { keyOf, Shop, TEA, type Role, type Said } from '../../test/shop.ts';

const AVAILABILITY = `/v1/availability/${TEA}`;

/** A shop where every key may ask so often in a minute, and where the opening used up none of it. */
async function shopWhereKeysMay(requests: number): Promise<Shop> {
  const shop = await Shop.open('commit', { ofKey: { requests, windowSeconds: 60 }, ofClasses: new Map() });
  shop.nowMs += 60_000;
  return shop;
}

async function limitsOf(said: Promise<Said>): Promise<readonly (number | string | null)[]> {
  const { status, headers } = await said;
  return [status, headers.get('ratelimit'), headers.get('retry-after')];
}

describe('[R46] a key that asks too often', () => {
  test('is told its limits with every answer, and when to come back', async () => {
    const shop = await shopWhereKeysMay(20);
    const first = await shop.get('web', AVAILABILITY);
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=20;w=60');
    expect(first.headers.get('access-control-expose-headers')).toContain('RateLimit, RateLimit-Policy');
    expect(await limitsOf(shop.get('web', '/v1/availability/NOPE'))).toEqual([404, '"key";r=18;t=60', null]);
    expect(await limitsOf(shop.ask('web', 'PUT', '/v1/channels/web', {}))).toEqual([403, '"key";r=17;t=60', null]);
    for (let n = 0; n < 17; n += 1) await shop.get('web', AVAILABILITY);
    shop.nowMs += 18_500;
    const refused = await shop.get('web', AVAILABILITY);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '42']);
    expect(await limitsOf(shop.get('web', AVAILABILITY))).toEqual([429, '"key";r=0;t=42', '42']);
    expect(await limitsOf(shop.get('app', AVAILABILITY))).toEqual([200, '"key";r=19;t=60', null]);
    shop.nowMs += 42_000;
    expect(await limitsOf(shop.get('web', AVAILABILITY))).toEqual([200, '"key";r=19;t=60', null]);
  });

  test('[R5] changes nothing, and its Idempotency-Key may be used afterwards', async () => {
    const shop = await shopWhereKeysMay(20);
    await shop.receive(TEA, 5);
    for (let n = 0; n < 20; n += 1) await shop.get('web', AVAILABILITY);
    const heard = shop.object(TEA).heard.length;
    const body = { lines: [{ sku: TEA, quantity: 2 }] };
    expect((await shop.post('web', '/v1/reservations', body, 'k')).status).toBe(429);
    expect(shop.object(TEA).heard.length).toBe(heard);
    shop.nowMs += 60_000;
    const { status, headers } = await shop.post('web', '/v1/reservations', body, 'k');
    expect([status, headers.has('idempotent-replayed')]).toEqual([201, false]);
  });

  test('[R4] is refused before its scopes and its body are looked at, and after it is known who asks', async () => {
    const shop = await shopWhereKeysMay(20);
    for (let n = 0; n < 20; n += 1) await shop.get('web', AVAILABILITY);
    expect((await shop.ask('web', 'PUT', '/v1/channels/web', 'nonsense')).status).toBe(429);
    expect(await limitsOf(shop.ask(null, 'GET', AVAILABILITY))).toEqual([401, null, null]);
  });

  test('finds what is open to everybody still open', async () => {
    const shop = await shopWhereKeysMay(20);
    const open = OPERATIONS.filter(({ scopes }) => scopes === null);
    for (let n = 0; n < 25; n += 1) await shop.get('web', AVAILABILITY);
    for (const { path } of open) expect(await limitsOf(shop.get('web', path))).toEqual([200, null, null]);
  });

  test('has the limit that it was made with instead of the one that all have, and keeps its count when it is rotated', async () => {
    const shop = await shopWhereKeysMay(20);
    const limit = { requests: 2, window_seconds: 30 };
    const { body } = await shop.ask('admin', 'POST', '/v1/keys', {
      name: 'x',
      scopes: ['availability:read'],
      rate_limit: limit,
    });
    expect(body.rate_limit).toEqual(limit);
    const ask = async (key: string) => {
      const reply = await shop.app.request(`${AVAILABILITY}?channel=web`, { headers: { authorization: `Bearer ${key}` } });
      return [reply.status, reply.headers.get('ratelimit')];
    };
    expect(await ask(body.key)).toEqual([200, '"key";r=1;t=30']);
    const rotated = await shop.ask('admin', 'POST', `/v1/keys/${body.id}/rotate`);
    expect(await ask(rotated.body.key)).toEqual([200, '"key";r=0;t=30']);
    expect((await ask(rotated.body.key))[0]).toBe(429);
  });

  test('is nobody where the deployment names no limit', async () => {
    const shop = await Shop.open();
    for (let n = 0; n < 50; n += 1) expect(await limitsOf(shop.get('web', AVAILABILITY))).toEqual([200, null, null]);
  });
});

test('[R46] the keys of all channels of one class share the limit of the class', async () => {
  const shop = await Shop.open('commit', { ofKey: null, ofClasses: new Map([[200, { requests: 3, windowSeconds: 60 }]]) });
  await shop.put('/v1/channels/web', { class: 100 });
  await shop.put('/v1/channels/app', { class: 200 });
  await shop.put('/v1/channels/mall', { class: 200 });
  const { body: mall } = await shop.ask('admin', 'POST', '/v1/keys', {
    name: 'mall',
    scopes: ['availability:read'],
    channel: 'mall',
  });
  const ask = async (key: string) => {
    const reply = await shop.app.request(AVAILABILITY, { headers: { authorization: `Bearer ${key}` } });
    return [reply.status, reply.headers.get('ratelimit')];
  };
  expect(await ask(keyOf('app'))).toEqual([200, '"class";r=2;t=60']);
  expect(await ask(mall.key)).toEqual([200, '"class";r=1;t=60']);
  expect(await ask(keyOf('app'))).toEqual([200, '"class";r=0;t=60']);
  expect(await ask(mall.key)).toEqual([429, '"class";r=0;t=60']);
  for (const other of ['web', 'admin'] satisfies readonly Role[]) {
    expect((await shop.get(other, `${AVAILABILITY}?channel=web`)).headers.has('ratelimit')).toBe(false);
  }
  await shop.put('/v1/channels/app', { class: 100 });
  expect((await ask(keyOf('app')))[0]).toBe(200);
});
