import { beforeEach, describe, expect, test } from 'vitest';
import { Shop, TEA } from '../../test/shop.ts';

const POLICY = `/v1/items/${TEA}/policy`;

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
});

const ats = async (channel: 'web' | 'app'): Promise<number> =>
  (await shop.get(channel, `/v1/availability/${TEA}?consistency=strong`)).body.available_to_sell;

describe('[R27] quotas', () => {
  test('are read back as they were put, with what was consumed under each', async () => {
    await shop.reserve(2);
    const quotas = [
      { channel: 'web', protected: 3, cap: 8 },
      { channel: 'app', starts_at: '2026-11-27T00:00:00+01:00', ends_at: '2026-11-28T00:00:00Z' },
    ];
    const put = await shop.put(POLICY, { quotas });
    expect(put.body.quotas).toEqual([
      { channel: 'web', protected: 3, cap: 8, starts_at: null, ends_at: null, consumed: 2 },
      {
        channel: 'app',
        protected: 0,
        cap: null,
        starts_at: '2026-11-26T23:00:00.000Z',
        ends_at: '2026-11-28T00:00:00.000Z',
        consumed: 0,
      },
    ]);
    const read = await shop.get('admin', POLICY);
    expect([read.body, read.headers.get('etag')]).toEqual([put.body, '"1"']);
    // What was read may be put back.
    expect((await shop.put(POLICY, read.body)).body).toEqual(put.body);
  });

  test('bind from the moment they are put', async () => {
    expect(await ats('app')).toBe(10);
    await shop.put(POLICY, { quotas: [{ channel: 'web', protected: 4, cap: 6 }] });
    expect([await ats('web'), await ats('app')]).toEqual([6, 6]);
    expect((await shop.reserve(7)).body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 6 }] });
  });

  test('are terms that explain shows', async () => {
    await shop.put(POLICY, { quotas: [{ channel: 'web', protected: 4, cap: 6 }] });
    await shop.reserve(1);
    const web = await shop.get('web', `/v1/availability/${TEA}/explain`);
    expect(web.body).toMatchObject({ available_to_sell: 5, withheld: 0, cap: 6, consumed: 1 });
    const app = await shop.get('app', `/v1/availability/${TEA}/explain`);
    expect(app.body).toMatchObject({ available_to_sell: 6, withheld: 3, cap: null, consumed: 0 });
  });

  test('are as if nobody had set them before their window and after it, and no number outlives an edge of it', async () => {
    const at = (ms: number): string => new Date(shop.nowMs + ms).toISOString();
    await shop.put(POLICY, { quotas: [{ channel: 'web', cap: 1, starts_at: at(400), ends_at: at(10_000) }] });
    const before = await shop.get('web', `/v1/availability/${TEA}?consistency=strong`);
    expect(before.body).toMatchObject({ available_to_sell: 10, fresh_for_ms: 400 });
    shop.nowMs += 400;
    expect((await shop.get('web', `/v1/availability/${TEA}`)).body.available_to_sell).toBe(1);
    expect((await shop.reserve(2)).body.code).toBe('insufficient_stock');
    shop.nowMs += 9_600;
    expect((await shop.get('web', `/v1/availability/${TEA}`)).body.available_to_sell).toBe(10);
  });

  test('leave a reservation as much as it has, when it asks for itself', async () => {
    await shop.put(POLICY, { quotas: [{ channel: 'web', cap: 6 }] });
    const { body } = await shop.reserve(5);
    const own = await shop.get('web', `/v1/availability/${TEA}?as_reservation=${body.id}`);
    expect([own.body.available_to_sell, await ats('web')]).toEqual([6, 1]);
  });
});

describe('[R27] what stops selling', () => {
  const explained = async (channel: 'web' | 'app') => (await shop.get(channel, `/v1/availability/${TEA}/explain`)).body;

  test('an item sells nothing through any channel, and what it promised stays promised', async () => {
    const { body } = await shop.reserve(2);
    await shop.put(POLICY, { stop_sell: true, backorder_limit: 5 });
    expect([await ats('web'), await ats('app')]).toEqual([0, 0]);
    expect(await explained('web')).toMatchObject({ available_to_sell: 0, stop_sell: true, stock: 8 });
    expect((await shop.reserve(1)).body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 0 }] });
    const committed = await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: 'SO-1' });
    expect(committed.body.status).toBe('committed');
    await shop.put(POLICY, {});
    expect(await ats('web')).toBe(8);
  });

  test('a channel sells nothing, and the others go on', async () => {
    await shop.put('/v1/channels/app', { locations: ['dc'], stop_sell: true });
    expect([await ats('web'), await ats('app')]).toEqual([10, 0]);
    expect([(await explained('web')).stop_sell, (await explained('app')).stop_sell]).toEqual([false, true]);
    expect((await shop.reserve(1, {}, 'app')).body.lines[0].available).toBe(0);
    expect((await shop.reserve(1)).status).toBe(201);
  });

  test('from a location nobody sells any more, and from the others they do', async () => {
    await shop.receive(TEA, 4, 'store');
    await shop.put('/v1/locations/dc', { type: 'dc', priority: 1, stop_sell: true });
    expect([await ats('web'), await ats('app')]).toEqual([4, 0]);
    expect((await explained('web')).locations.map(({ location }: { location: string }) => location)).toEqual(['store']);
    const asked = { lines: [{ sku: TEA, quantity: 1, location: 'dc' }] };
    expect((await shop.post('web', '/v1/reservations', asked)).body).toMatchObject({
      code: 'insufficient_stock',
      lines: [{ available: 0 }],
    });
    expect((await shop.reserve(1)).body.lines[0].allocations).toEqual([{ location: 'store', quantity: 1 }]);
  });

  test('an item that is discontinued is only called so, and sells what there is', async () => {
    await shop.put(`/v1/items/${TEA}`, { status: 'discontinued' });
    const { body } = await shop.get('web', `/v1/availability/${TEA}?consistency=strong`);
    expect([body.status, body.available_to_sell]).toEqual(['discontinued', 10]);
    expect((await explained('web')).stop_sell).toBe(false);
    expect((await shop.reserve(10)).status).toBe(201);
  });
});

describe("[R27c] a buyer's cap", () => {
  test('is read back, and refuses with what the buyer may still have', async () => {
    const put = await shop.put(POLICY, { buyer_cap: { quantity: 3, period_seconds: 86_400 } });
    expect([put.body.buyer_cap, (await shop.get('admin', POLICY)).body]).toEqual([
      { quantity: 3, period_seconds: 86_400 },
      put.body,
    ]);
    await shop.reserve(2, { buyer: 'ann' });
    const { status, body } = await shop.reserve(2, { buyer: 'ann' }, 'app');
    expect([status, body.code, body.lines]).toEqual([
      409,
      'buyer_cap_exceeded',
      [{ line: 1, sku: TEA, requested: 2, available: 1, sequence: 4 }],
    ]);
    expect((await shop.reserve(2, { buyer: 'ann', mode: 'partial' })).body.lines[0].reserved).toBe(1);
    expect((await shop.reserve(3, { buyer: 'bob' })).status).toBe(201);
    await shop.put(POLICY, {});
    expect((await shop.reserve(1, { buyer: 'ann' })).status).toBe(201);
  });

  test('[R5] is an answer like any other: under the same key it is the same again', async () => {
    await shop.put(POLICY, { buyer_cap: { quantity: 3, period_seconds: 86_400 } });
    const ask = () => shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 4 }], buyer: 'ann' }, 'once');
    const [first, again] = [await ask(), await ask()];
    expect([first.body.code, again.body.lines, again.headers.get('idempotent-replayed')]).toEqual([
      'buyer_cap_exceeded',
      first.body.lines,
      'true',
    ]);
  });

  test.each([
    [{ quantity: 0, period_seconds: 1 }, 400],
    [{ quantity: 1, period_seconds: 0 }, 400],
    [{ quantity: 1, period_seconds: 1_209_601 }, 400],
    [{ quantity: 1, period_seconds: 1_209_600 }, 201],
    [{ quantity: 1 }, 400],
    [null, 201],
  ])('of %j is %i', async (cap, status) => {
    expect((await shop.put(POLICY, { buyer_cap: cap })).status).toBe(status);
  });
});

describe("[R27d] a channel's confidence", () => {
  const none = { erp_silence_seconds: null, feed_lag_seconds: null, lane_open_seconds: null };
  const confidence = { count_age_seconds: 3_600, ...none, shrink_percent: 25 };

  test('is off at first, read back as it was put, and off again where nothing is said', async () => {
    expect((await shop.get('admin', '/v1/channels/web')).body.confidence).toBe(null);
    const put = await shop.put('/v1/channels/web', { confidence });
    expect([put.body.confidence, (await shop.get('admin', '/v1/channels/web')).body]).toEqual([confidence, put.body]);
    expect((await shop.put('/v1/channels/web', {})).body.confidence).toBe(null);
  });

  test('shrinks what is offered and admitted, and explain says by how much and on what grounds', async () => {
    const count = { id: 'c', source: 'wms', sku: TEA, location: 'dc', quantity: 10, meaning: 'on_hand', as_of: shop.today() };
    await shop.ask('stock', 'POST', '/v1/counts', { counts: [count] });
    const countedAt = shop.today();
    await shop.put('/v1/channels/web', { confidence });
    expect(await ats('web')).toBe(10);
    shop.nowMs += 3_600_000;
    expect([await ats('web'), await ats('app')]).toEqual([7, 10]);
    expect((await shop.reserve(8)).body.lines[0].available).toBe(7);
    const { body } = await shop.get('web', `/v1/availability/${TEA}/explain`);
    expect(body).toMatchObject({ available_to_sell: 7, stock: 10, shrunk: 3, counted_at: countedAt });
  });

  test.each([
    [{ shrink_percent: 10 }, 400],
    [{ count_age_seconds: 0, shrink_percent: 10 }, 400],
    [{ count_age_seconds: 31_622_401, shrink_percent: 10 }, 400],
    [{ count_age_seconds: 31_622_400, shrink_percent: 100 }, 201],
    [{ erp_silence_seconds: 1, shrink_percent: 1 }, 201],
    [{ erp_silence_seconds: 1, shrink_percent: 0 }, 400],
    [{ erp_silence_seconds: 1, shrink_percent: 101 }, 400],
    [{ erp_silence_seconds: 1 }, 400],
    [{ feed_lag_seconds: 1, shrink_percent: 1 }, 201],
    [{ lane_open_seconds: 31_622_401, shrink_percent: 1 }, 400],
  ])('of %j is %i', async (asked, status) => {
    expect((await shop.put('/v1/channels/new', { confidence: asked })).status).toBe(status);
  });
});

describe('[R26] [R27b] a policy that cannot be', () => {
  const refusedAs = async (quotas: readonly object[], headers = {}) => {
    const heard = shop.object(TEA).heard.length;
    const said = await shop.put(POLICY, { quotas }, headers);
    expect(shop.object(TEA).heard.length).toBe(heard);
    expect((await shop.get('admin', POLICY)).body.quotas).toEqual([]);
    return [said.status, said.body.code, said.body.detail];
  };

  test('for its cap below consumption is refused, and nothing changes', async () => {
    await shop.reserve(4);
    const told = [409, 'cap_below_consumption', 'web has consumed 4, so its cap cannot be 3'];
    expect(await refusedAs([{ channel: 'web', cap: 3 }])).toEqual(told);
  });

  test('for protecting more than there is is refused, and nothing changes', async () => {
    const told = [409, 'protected_above_stock', '11 units would be protected and not sold yet, and there are 10'];
    expect(await refusedAs([{ channel: 'web', protected: 11 }])).toEqual(told);
  });

  test('is not even judged where somebody else was faster', async () => {
    expect((await refusedAs([{ channel: 'web', protected: 11 }], { 'if-match': '"1"' }))[1]).toBe('version_conflict');
  });

  test.each([
    ['a channel twice', [{ channel: 'web' }, { channel: 'web' }], 400, 'invalid_request'],
    ['an unknown channel', [{ channel: 'moon' }], 422, 'channel_unknown'],
    ['a negative cap', [{ channel: 'web', cap: -1 }], 400, 'invalid_request'],
    [
      'a window that ends as it begins',
      [{ channel: 'web', starts_at: '2026-11-27T00:00:00Z', ends_at: '2026-11-27T00:00:00Z' }],
      400,
      'invalid_request',
    ],
    ['a date that is none', [{ channel: 'web', ends_at: 'soon' }], 400, 'invalid_request'],
    ['two hundred and one quotas', Array.from({ length: 201 }, (_, n) => ({ channel: `c${n}` })), 400, 'invalid_request'],
  ])('for %s is refused', async (_, quotas, status, code) => {
    expect((await refusedAs(quotas)).slice(0, 2)).toEqual([status, code]);
  });

  test('with two hundred quotas of channels that exist is taken', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `c${n}`);
    for (const id of ids) await shop.put(`/v1/channels/${id}`, {});
    expect((await shop.put(POLICY, { quotas: ids.map((channel) => ({ channel, cap: 1 })) })).status).toBe(201);
  });
});
