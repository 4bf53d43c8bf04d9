import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

const RECEIPTS = `/v1/items/${TEA}/receipts`;
const SOON = '2026-11-25T08:00:00.000Z';
const LATER = '2026-12-01T08:00:00.000Z';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  for (const sku of [TEA, MUG]) await shop.put(`/v1/items/${sku}/policy`, { backorder_limit: 20 });
});

const coming = (quantity: number, expected_at: string, location: unknown = 'dc') => ({ location, quantity, expected_at });

describe('scheduled receipts', () => {
  test('are read back as they were put, each version by its ETag', async () => {
    expect((await shop.get('admin', RECEIPTS)).body).toEqual({ receipts: [] });
    const put = await shop.put(RECEIPTS, { receipts: [coming(5, LATER), coming(3, '2026-11-25T09:00:00+01:00')] });
    expect([put.status, put.headers.get('etag'), put.body]).toEqual([
      201,
      '"1"',
      { receipts: [coming(5, LATER), coming(3, SOON)] },
    ]);
    const read = await shop.get('admin', RECEIPTS);
    expect([read.body, read.headers.get('etag')]).toEqual([put.body, '"1"']);
    expect((await shop.put(RECEIPTS, { receipts: [] })).body).toEqual({ receipts: [] });
  });

  test('do not change the policy, nor does the policy change them', async () => {
    await shop.put(RECEIPTS, { receipts: [coming(5, SOON)] });
    await shop.put(`/v1/items/${TEA}/policy`, { backorder_limit: 3 });
    await shop.put(`/v1/items/${TEA}`, { status: 'preorder' });
    expect((await shop.get('admin', RECEIPTS)).body.receipts).toEqual([coming(5, SOON)]);
    expect(shop.object(TEA).heard.at(-1)).toMatchObject({ receipts: [{ quantity: 5 }], policy: { backorderLimit: 3 } });
  });

  test.each([
    [{}, 400, 'invalid_request'],
    [{ receipts: [coming(0, SOON)] }, 400, 'invalid_request'],
    [{ receipts: [coming(1, 'soon')] }, 400, 'invalid_request'],
    [{ receipts: [coming(1, SOON, 'moon')] }, 422, 'location_unknown'],
    [{ receipts: [coming(1, SOON, { system: 'sap', external_id: '0' })] }, 422, 'alias_unknown'],
    [{ receipts: Array.from({ length: 201 }, () => coming(1, SOON)) }, 400, 'invalid_request'],
  ])('%j are refused', async (body, status, code) => {
    const said = await shop.put(RECEIPTS, body);
    expect([said.status, said.body.code]).toEqual([status, code]);
    expect((await shop.get('admin', RECEIPTS)).body.receipts).toEqual([]);
  });

  test('may be two hundred, and name a location as another system does', async () => {
    const receipts = Array.from({ length: 200 }, () => coming(1, SOON, { system: 'sap', external_id: '1000' }));
    const { status, body } = await shop.put(RECEIPTS, { receipts });
    expect([status, body.receipts.length, body.receipts[0].location]).toEqual([201, 200, 'dc']);
  });

  test('of an unknown item are nowhere', async () => {
    expect((await shop.put('/v1/items/NOPE/receipts', { receipts: [] })).status).toBe(404);
    expect((await shop.get('admin', '/v1/items/NOPE/receipts')).body.code).toBe('sku_unknown');
  });
});

describe('[R27e] a promise that bears a date', () => {
  test('is told by the reservation, by a replay as it was, and by explain', async () => {
    await shop.put(RECEIPTS, { receipts: [coming(3, SOON), coming(9, LATER)] });
    const ask = () => shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 4 }] }, 'once');
    const { body } = await ask();
    expect([body.promised_at, body.lines[0].backordered]).toEqual([LATER, 4]);
    await shop.put(RECEIPTS, { receipts: [coming(5, SOON)] });
    expect((await shop.get('web', `/v1/reservations/${body.id}`)).body.promised_at).toBe(SOON);
    expect((await ask()).body.promised_at).toBe(LATER);
    const explained = (await shop.get('web', `/v1/availability/${TEA}/explain`)).body;
    expect(explained.reservations[0].promised_at).toBe(SOON);
    // 20 may wait and 4 do; 5 come.
    expect(explained).toMatchObject({
      available_to_sell: 16,
      available_to_promise: [{ expected_at: SOON, quantity: 21 }],
    });
    await shop.receive(TEA, 4);
    expect((await shop.get('web', `/v1/reservations/${body.id}`)).body.promised_at).toBe(null);
  });

  test('is that of the last of its lines, where several items are asked for at once', async () => {
    await shop.receive(MUG, 1);
    await shop.put(RECEIPTS, { receipts: [coming(5, LATER)] });
    const lines = [
      { sku: TEA, quantity: 2 },
      { sku: MUG, quantity: 2 },
    ];
    const unknown = await shop.post('web', '/v1/reservations', { lines });
    expect([unknown.status, unknown.body.promised_at]).toEqual([201, null]);
    await shop.put(`/v1/items/${MUG}/receipts`, { receipts: [coming(5, SOON)] });
    const known = await shop.post('web', '/v1/reservations', { lines });
    expect(known.body.promised_at).toBe(LATER);
    expect((await shop.get('web', `/v1/reservations/${unknown.body.id}`)).body.promised_at).toBe(LATER);
  });

  test('[R22c] is dated for a kit by what comes of its parts', async () => {
    await shop.put('/v1/items/SET', {
      status: 'active',
      components: [
        { sku: TEA, factor: 2 },
        { sku: MUG, factor: 1 },
      ],
    });
    for (const sku of [TEA, MUG]) await shop.put(`/v1/items/${sku}/policy`, {});
    await shop.receive(MUG, 2);
    await shop.put(RECEIPTS, { receipts: [coming(5, SOON)] });
    await shop.put(`/v1/items/${MUG}/receipts`, { receipts: [coming(5, LATER)] });
    const { body } = await shop.get('web', '/v1/availability/SET/explain');
    expect([body.available_to_sell, body.available_to_promise]).toEqual([
      0,
      [
        { expected_at: SOON, quantity: 2 },
        { expected_at: LATER, quantity: 2 },
      ],
    ]);
  });
});
