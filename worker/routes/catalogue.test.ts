import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

describe('what is put', () => {
  test.each([
    ['/v1/items/NEW', { status: 'active' }, { sku: 'NEW', name: null, status: 'active', aliases: [], units: [], components: [] }],
    [
      '/v1/locations/outlet',
      { type: 'store', name: 'Outlet' },
      { id: 'outlet', name: 'Outlet', type: 'store', priority: 100, aliases: [], stop_sell: false },
    ],
    [
      '/v1/channels/mall',
      { locations: ['dc'] },
      {
        id: 'mall',
        name: null,
        locations: ['dc'],
        buffer: 0,
        class: 100,
        stop_sell: false,
        sold_out_hint: false,
        confidence: null,
        shows: null,
        listings: null,
      },
    ],
    ['/v1/sources/pos', { books: 'front' }, { id: 'pos', name: null, books: 'front', erp_connection: null }],
    [
      `/v1/items/${TEA}/policy`,
      { low_stock_at: 2 },
      {
        backorder_limit: 0,
        low_stock_at: 2,
        safety_stock: [],
        buffers: [],
        buyer_cap: null,
        quotas: [],
        stop_sell: false,
        over_reservation: ['reallocate', 'list'],
      },
    ],
  ])('%s is new at first, the same when it is put again, and read as it was put', async (path, body, reply) => {
    const first = await shop.put(path, body);
    const second = await shop.put(path, body);
    const read = await shop.get('admin', path);
    expect([first.status, second.status, read.status]).toEqual([201, 200, 200]);
    expect([first.body, second.body, read.body]).toEqual([reply, reply, reply]);
    expect([first, second, read].map(({ headers }) => headers.get('etag'))).toEqual(['"1"', '"1"', '"1"']);
    const again = await shop.put(path, { ...read.body, sku: undefined, id: undefined });
    expect([again.status, again.body]).toEqual([200, reply]);
  });

  test('ranks are integers of either sign, since something may have to come before all others', async () => {
    const location = await shop.put('/v1/locations/first', { type: 'dc', priority: -1 });
    const channel = await shop.put('/v1/channels/first', { class: -1 });
    expect([location.body.priority, channel.body.class]).toEqual([-1, -1]);
  });

  test.each([
    ['/v1/items/NOPE', 'sku_unknown'],
    ['/v1/items/NOPE/policy', 'sku_unknown'],
    ['/v1/locations/nope', 'not_found'],
    ['/v1/channels/nope', 'not_found'],
    ['/v1/sources/nope', 'not_found'],
  ])('%s is not there to be read', async (path, code) => {
    const { status, body } = await shop.get('admin', path);
    expect([status, body.code]).toEqual([404, code]);
  });

  test.each([
    ['/v1/items/NEW', {}],
    ['/v1/items/NEW', { status: 'gone' }],
    ['/v1/items/NEW', { status: 'active', sku: 'NEW' }],
    ['/v1/items/NEW', { status: 'active', units: [{ unit: 'box', factor: 0 }] }],
    [
      '/v1/items/NEW',
      {
        status: 'active',
        units: [
          { unit: 'box', factor: 2 },
          { unit: 'box', factor: 3 },
        ],
      },
    ],
    [
      '/v1/items/NEW',
      {
        status: 'active',
        aliases: [
          { system: 'a', external_id: 'b' },
          { system: 'a', external_id: 'b' },
        ],
      },
    ],
    [`/v1/items/${'x'.repeat(65)}`, { status: 'active' }],
    ['/v1/locations/new', { type: 'moon' }],
    ['/v1/channels/new', { buffer: -1 }],
    ['/v1/sources/new', { books: 'both' }],
    [`/v1/items/${TEA}/policy`, { backorder_limit: -1 }],
    [
      `/v1/items/${TEA}/policy`,
      {
        safety_stock: [
          { location: 'dc', quantity: 1 },
          { location: 'dc', quantity: 2 },
        ],
      },
    ],
    [
      `/v1/items/${TEA}/policy`,
      {
        buffers: [
          { channel: 'web', quantity: 1 },
          { channel: 'web', quantity: 2 },
        ],
      },
    ],
  ])('%s %j is not well formed', async (path, body) => {
    const said = await shop.put(path, body);
    expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
  });

  test.each([
    ['/v1/channels/new', { locations: ['moon'] }, 'location_unknown'],
    ['/v1/channels/new', { locations: [{ system: 'sap', external_id: '0' }] }, 'alias_unknown'],
    [`/v1/items/${TEA}/policy`, { safety_stock: [{ location: 'moon', quantity: 1 }] }, 'location_unknown'],
    [`/v1/items/${TEA}/policy`, { buffers: [{ channel: 'moon', quantity: 1 }] }, 'channel_unknown'],
  ])('%s %j names something unknown', async (path, body, code) => {
    const said = await shop.put(path, body);
    expect([said.status, said.body.code]).toEqual([422, code]);
  });
});

describe('an alias', () => {
  test('means one item: another cannot take it, and keeps what it had', async () => {
    const { status, body } = await shop.put(`/v1/items/${MUG}`, {
      status: 'discontinued',
      aliases: [{ system: 'gtin', external_id: '4012345' }],
    });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect((await shop.get('admin', `/v1/items/${MUG}`)).body.status).toBe('active');
  });

  test('that is no longer put is free for another', async () => {
    await shop.put(`/v1/items/${TEA}`, { status: 'active' });
    const taken = await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: [{ system: 'gtin', external_id: '4012345' }] });
    expect(taken.status).toBe(200);
  });

  test('is not replaced by a PUT that comes too late', async () => {
    await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: [] }, { 'if-match': '"7"' });
    expect((await shop.get('admin', `/v1/items/${TEA}`)).body.aliases).toEqual([{ system: 'gtin', external_id: '4012345' }]);
  });

  test('may be put by the hundred', async () => {
    const aliases = Array.from({ length: 100 }, (_, n) => ({ system: 'shop', external_id: `n${n}` }));
    expect((await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases })).body.aliases.length).toBe(100);
  });
});

describe('the object of an item hears what the catalogue says', () => {
  test('status and policy, both at every change', async () => {
    await shop.put(`/v1/items/${TEA}/policy`, {
      safety_stock: [{ location: { system: 'sap', external_id: '1000' }, quantity: 3 }],
    });
    await shop.put(`/v1/items/${TEA}`, { status: 'preorder' });
    expect(shop.object(TEA).heard.at(-1)).toMatchObject({
      type: 'set_item',
      status: 'preorder',
      policy: { safetyStock: [{ location: 'dc', quantity: 3 }] },
    });
  });

  test('after a failure on the way the same PUT heals it', async () => {
    shop.object('NEW').trouble = () => ({ outcome: 'overloaded', retryAfterMs: 1 });
    expect((await shop.put('/v1/items/NEW', { status: 'active' })).status).toBe(503);
    expect((await shop.get('web', '/v1/availability/NEW')).body.code).toBe('sku_unknown');
    expect((await shop.put('/v1/items/NEW', { status: 'active' })).status).toBe(200);
    expect((await shop.get('web', '/v1/availability/NEW')).status).toBe(200);
  });

  test('whoever overtakes on the way has the last word', async () => {
    const item = shop.object(TEA);
    // While the first writer is on its way to the object, a second one is done with the database.
    const say = item.execute.bind(item);
    let overtaken = false;
    item.execute = async (call) => {
      if (!overtaken) {
        overtaken = true;
        await shop.database
          .prepare("UPDATE item SET status = 'discontinued', version = version + 1 WHERE sku = ?")
          .bind(TEA)
          .run();
      }
      return say(call);
    };
    await shop.put(`/v1/items/${TEA}`, { status: 'preorder' });
    expect(item.heard.at(-1)).toMatchObject({ status: 'discontinued' });
  });
});

test('a change of the network is used at once, and objects that know an older one are told', async () => {
  await shop.receive(TEA, 10);
  expect((await shop.reserve(1)).status).toBe(201);
  await shop.put('/v1/channels/web', { stop_sell: true });
  const { status, body } = await shop.reserve(1);
  expect([status, body.code, body.lines[0].available]).toEqual([409, 'insufficient_stock', 0]);
});
