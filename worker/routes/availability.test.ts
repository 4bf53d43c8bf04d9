import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(TEA, 4, 'store');
});

const seen = async (query = '', role: 'web' | 'app' | 'admin' = 'web', headers = {}) =>
  shop.get(role, `/v1/availability/${TEA}${query}`, headers);

test('[R39] a number says when it was true and how long it may be believed', async () => {
  const { status, headers, body } = await seen();
  expect(status).toBe(200);
  expect(body).toEqual({
    sku: TEA,
    channel: 'web',
    available_to_sell: 14,
    status: 'in_stock',
    locations: [
      { location: 'dc', available_to_sell: 10 },
      { location: 'store', available_to_sell: 4 },
    ],
    sequence: 3,
    as_of: '2026-11-20T12:00:00.000Z',
    age_ms: 0,
    fresh_for_ms: 1_000,
    source: 'object',
  });
  expect(headers.get('cache-control')).toBe('private, max-age=1');
  expect(headers.get('vary')).toBe('Authorization');
});

test('a number that was seen is shown again until it is too old', async () => {
  await seen();
  await shop.reserve(3);
  shop.nowMs += 400;
  expect((await seen()).body).toMatchObject({ available_to_sell: 14, age_ms: 400, fresh_for_ms: 600, source: 'isolate' });
  shop.nowMs += 600;
  expect((await seen()).body).toMatchObject({ available_to_sell: 11, age_ms: 0, source: 'object' });
});

test('asked strongly, the object answers, and others see it from then on', async () => {
  await seen();
  await shop.reserve(3);
  expect((await seen('?consistency=strong')).body).toMatchObject({ available_to_sell: 11, source: 'object' });
  expect((await seen()).body).toMatchObject({ available_to_sell: 11, source: 'isolate' });
});

test('who has the numbers need not get them again', async () => {
  const { headers } = await seen();
  const etag = headers.get('etag') ?? '';
  expect(etag).toMatch(/^W\/"/);
  shop.nowMs += 5_000;
  const again = await seen('', 'web', { 'if-none-match': `"other", ${etag}` });
  expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
  for (const tag of ['*', etag.slice('W/'.length)]) expect((await seen('', 'web', { 'if-none-match': tag })).status).toBe(304);
  await shop.reserve(1);
  const changed = await seen('?consistency=strong', 'web', { 'if-none-match': etag });
  expect(changed.status).toBe(200);
});

test('[R27] a channel sees its own places, and one place without what is backordered', async () => {
  await shop.put(`/v1/items/${TEA}/policy`, { backorder_limit: 5 });
  expect((await seen('?consistency=strong', 'app')).body.available_to_sell).toBe(15);
  expect((await seen('?location=store')).body).toMatchObject({
    available_to_sell: 4,
    locations: [{ location: 'store', available_to_sell: 4 }],
  });
});

describe('in words', () => {
  test.each([
    ['more than the limit', 'active', {}, 0, 'in_stock'],
    ['at the limit', 'active', { low_stock_at: 14 }, 0, 'low_stock'],
    ['nothing', 'active', {}, 14, 'out_of_stock'],
    ['nothing but what will come', 'active', { backorder_limit: 3 }, 14, 'backorder'],
    ['not on sale yet', 'preorder', {}, 0, 'preorder'],
    ['nothing left and never again', 'discontinued', {}, 14, 'discontinued'],
    ['not for sale at all', 'active', { stop_sell: true }, 0, 'out_of_stock'],
  ])('%s', async (_, status, policy, taken, says) => {
    await shop.put(`/v1/items/${TEA}`, { status });
    await shop.put(`/v1/items/${TEA}/policy`, policy);
    if (taken > 0) await shop.reserve(taken);
    expect((await seen('?consistency=strong')).body.status).toBe(says);
  });
});

test.each([
  ['an unknown item', '/v1/availability/NOPE', 404, 'sku_unknown'],
  ['an item that cannot be one', '/v1/availability/%00', 404, 'sku_unknown'],
  ['an unknown place', `/v1/availability/${TEA}?location=moon`, 422, 'location_unknown'],
  ["another's channel", `/v1/availability/${TEA}?channel=app`, 403, 'channel_forbidden'],
  ['an unknown parameter', `/v1/availability/${TEA}?chanel=web`, 400, 'invalid_request'],
  ['a parameter twice', `/v1/availability/${TEA}?channel=web&channel=market`, 400, 'invalid_request'],
  ['another consistency', `/v1/availability/${TEA}?consistency=eventual`, 400, 'invalid_request'],
  ['an unknown reservation', `/v1/availability/${TEA}?as_reservation=nope`, 404, 'reservation_not_found'],
  ['a cursor that we never gave', `/v1/availability/${TEA}/explain?cursor=bm9uc2Vuc2U`, 400, 'invalid_request'],
  ['what to explain', '/v1/availability/NOPE/explain', 404, 'sku_unknown'],
])('refuses %s', async (_, path, status, code) => {
  const said = await shop.get('web', path);
  expect([said.status, said.body.code]).toEqual([status, code]);
});

test('[R40] an item that the catalogue does not know wakes no object', async () => {
  await shop.get('web', '/v1/availability/NOPE');
  expect([...shop.objects.keys()]).toEqual([TEA, MUG]);
});

test('refuses a place that the channel does not sell from', async () => {
  expect((await seen('?location=store', 'app')).body.code).toBe('location_not_served');
});

test('a key without a channel has to name one', async () => {
  expect((await seen('', 'admin')).body.code).toBe('invalid_request');
  expect((await seen('?channel=web', 'admin')).status).toBe(200);
  expect((await seen('?channel=moon', 'admin')).body.code).toBe('channel_unknown');
});

test('a reservation sees its own units as free', async () => {
  const { body } = await shop.reserve(12);
  expect((await seen(`?as_reservation=${body.id}`)).body).toMatchObject({ available_to_sell: 14, fresh_for_ms: 0 });
  expect((await seen('?consistency=strong')).body.available_to_sell).toBe(2);
  expect((await seen(`?as_reservation=${body.id}`, 'app')).body.code).toBe('reservation_not_found');
});

describe('[R27] explain', () => {
  test('shows every term, and they add up', async () => {
    await shop.put(`/v1/items/${TEA}/policy`, {
      backorder_limit: 2,
      safety_stock: [{ location: 'dc', quantity: 3 }],
      buffers: [{ channel: 'web', quantity: 1 }],
    });
    await shop.reserve(5);
    const { body } = await shop.get('web', `/v1/availability/${TEA}/explain`);
    expect(body.available_to_sell).toBe(
      body.stock - body.withheld - body.debt - body.backordered - body.buffer + body.backorder_limit,
    );
    expect(body).toMatchObject({
      available_to_sell: 7,
      policy_version: 1,
      cap: null,
      locations: [
        {
          location: 'dc',
          on_hand: { sellable: 10 },
          reserved: 5,
          committed: 0,
          safety_stock: 3,
          net: 5,
          withheld: 0,
          available: 2,
        },
        { location: 'store', on_hand: { sellable: 4 }, net: 4, available: 4 },
      ],
      reservations: [{ status: 'active', lines: [{ open: 5 }] }],
      last_count: null,
      postings_in_flight: 0,
      next_cursor: null,
    });
  });

  test.each([
    ['the item', `/v1/items/${TEA}/policy`, { stop_sell: true }],
    ['the channel', '/v1/channels/web', { stop_sell: true }],
  ])('says so where %s is not for sale, since no other term does', async (_, path, body) => {
    const explained = async () => (await shop.get('web', `/v1/availability/${TEA}/explain`)).body;
    expect(await explained()).toMatchObject({ available_to_sell: 14, stop_sell: false });
    await shop.put(path, body);
    expect(await explained()).toMatchObject({ available_to_sell: 0, stock: 14, stop_sell: true });
  });

  test('shows reservations of the own channel alone, page by page', async () => {
    for (let n = 0; n < 3; n += 1) await shop.reserve(1);
    await shop.reserve(1, {}, 'app');
    const first = await shop.get('web', `/v1/availability/${TEA}/explain?limit=2`);
    const rest = await shop.get('web', `/v1/availability/${TEA}/explain?limit=2&cursor=${first.body.next_cursor}`);
    expect([first.body.reservations.length, rest.body.reservations.length, rest.body.next_cursor]).toEqual([2, 1, null]);
    const shown = [...first.body.reservations, ...rest.body.reservations];
    expect(new Set(shown.map(({ channel }) => channel))).toEqual(new Set(['web']));
  });
});

describe('many items at once', () => {
  const query = async (body: object, role: 'web' | 'admin' = 'web') => shop.ask(role, 'POST', '/v1/availability/query', body);

  test('come once each in the order of the request; what is unknown is missing', async () => {
    const { body, headers } = await query({ skus: [MUG, 'NOPE', { system: 'gtin', external_id: '4012345' }, MUG] });
    expect(
      body.items.map(({ sku, available_to_sell }: { sku: string; available_to_sell: number }) => [sku, available_to_sell]),
    ).toEqual([
      [MUG, 0],
      [TEA, 14],
    ]);
    expect(body.missing).toEqual(['NOPE']);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('come from the projection, with an honest age, and from the object where it knows nothing', async () => {
    const snapshot = JSON.stringify(await shop.object(TEA).snapshot());
    await shop.database
      .prepare(
        'INSERT INTO availability (sku, sequence, as_of_ms, snapshot, waiting, failed, counters) VALUES (?, 3, ?, ?, 0, 0, ?)',
      )
      .bind(TEA, shop.nowMs, snapshot, '{}')
      .run();
    shop.nowMs += 7_000;
    const { body } = await query({ skus: [TEA, MUG] });
    expect(body.items[0]).toMatchObject({ source: 'projection', age_ms: 7_000, fresh_for_ms: 0 });
    expect(body.items[1]).toMatchObject({ source: 'object', age_ms: 0 });
    expect((await query({ skus: [TEA], consistency: 'strong' })).body.items[0].source).toBe('object');
  });

  test('are refused at a place that the channel does not sell from, as one is', async () => {
    const { status, body } = await query({ skus: [TEA], channel: 'app', locations: ['dc', 'store'] }, 'admin');
    expect([status, body.code]).toEqual([422, 'location_not_served']);
  });

  test('are none where none are asked for', async () => {
    expect((await query({ skus: [] })).body).toEqual({ items: [], missing: [] });
  });

  test('at some places only', async () => {
    const { body } = await query({ skus: [TEA], locations: ['store', { system: 'sap', external_id: '1000' }] });
    expect(body.items[0]).toMatchObject({ available_to_sell: 14 });
    expect((await query({ skus: [TEA], locations: ['store'] })).body.items[0]).toMatchObject({ available_to_sell: 4 });
  });

  test.each([
    [{ skus: Array.from({ length: 501 }, () => TEA) }, 400, 'invalid_request'],
    [{ skus: [{ system: 'gtin', external_id: '0' }] }, 422, 'alias_unknown'],
    [{ skus: [TEA], locations: ['moon'] }, 422, 'location_unknown'],
    [{ skus: [TEA], channel: 'app' }, 403, 'channel_forbidden'],
  ])('refuse %j', async (body, status, code) => {
    const said = await query(body);
    expect([said.status, said.body.code]).toEqual([status, code]);
  });
});
