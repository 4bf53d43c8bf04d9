import { beforeEach, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../contracts/operations.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';

interface Put {
  readonly path: string;
  /** Different ones: what is put first, what replaces it, and what nobody gets to put. */
  readonly bodies: readonly [object, object, object];
}

/** Every PUT that takes If-Match, as it is called. A new one needs its row here. */
const PUTS: Readonly<Record<string, Put>> = {
  putItem: {
    path: '/v1/items/NEW',
    bodies: [
      { status: 'active', aliases: [alias('b', '2'), alias('a', '1')], units: [{ unit: 'box', factor: 6 }] },
      { status: 'active', aliases: [alias('a', '1')], components: [{ sku: MUG, factor: 2 }] },
      { status: 'preorder', components: [{ sku: MUG, factor: 3 }] },
    ],
  },
  putPolicy: {
    path: `/v1/items/${TEA}/policy`,
    bodies: [{}, { quotas: [{ channel: 'web', cap: 5 }], buffers: [{ channel: 'app', quantity: 1 }] }, { low_stock_at: 9 }],
  },
  putReceipts: {
    path: `/v1/items/${TEA}/receipts`,
    bodies: [{ receipts: [] }, { receipts: [coming(5)] }, { receipts: [coming(6)] }],
  },
  putLocation: {
    path: '/v1/locations/new',
    bodies: [
      { type: 'dc' },
      { type: 'dc', aliases: [alias('b', '2'), alias('a', '1')] },
      { type: 'dc', aliases: [alias('b', '2')] },
    ],
  },
  putChannel: {
    path: '/v1/channels/new',
    bodies: [{}, { locations: ['dc'], buffer: 2 }, { locations: ['dc', 'store'], buffer: 2 }],
  },
  putOutlet: {
    path: '/v1/channels/web/outlet',
    bodies: [{ adapter: 'memory' }, { adapter: 'memory', limits: { call: { burst: 1 } } }, { adapter: 'memory', enabled: false }],
  },
  putSource: {
    path: '/v1/sources/new',
    bodies: [{ books: 'front' }, { books: 'erp', erp_connection: 'main' }, { books: 'erp' }],
  },
};

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

describe('[R45b] every PUT that takes If-Match', () => {
  const puts = OPERATIONS.filter(({ method, versioned }) => method === 'put' && versioned);

  test.each(puts)('$id replaces only what was read, and the same again changes nothing', async ({ id }) => {
    const row = PUTS[id];
    if (row === undefined) throw new Error(`say in PUTS how ${id} is called`);
    const { path, bodies } = row;
    const [first, second, third] = bodies;
    const put = async (body: object, ifMatch?: string) =>
      told(await shop.put(path, body, ifMatch === undefined ? {} : { 'if-match': ifMatch }));

    for (const none of ['"1"', '*', '"nonsense"']) expect(await put(first, none)).toEqual([412, null, 'version_conflict']);
    expect((await put(first)).slice(0, 2)).toEqual([201, '"1"']);
    await changesNothing(path, async () => {
      expect((await put(first)).slice(0, 2)).toEqual([200, '"1"']);
    });
    expect((await put(second, '"1"')).slice(0, 2)).toEqual([200, '"2"']);
    await changesNothing(path, async () => {
      const now = told(await shop.get('admin', path));
      // Nobody heard that it was done: asked again, also with the version that is gone by now, it is.
      for (const ifMatch of [undefined, '"1"', '"2"', '*']) expect(await put(second, ifMatch)).toEqual(now);
      expect(await put(third, '"1"')).toEqual([412, null, 'version_conflict']);
      expect(await put(first, '"1"')).toEqual([412, null, 'version_conflict']);
    });
    expect((await put(third, '*')).slice(0, 2)).toEqual([200, '"3"']);
    expect((await put(first)).slice(0, 2)).toEqual([200, '"4"']);
  });

  test.each(puts)('$id asked twice at once is done once', async ({ id }) => {
    const { path, bodies } = PUTS[id] ?? { path: '', bodies: [] };
    const [first, second] = bodies;
    await shop.put(path, first);
    const entries = (await log()).length;
    const twice = await Promise.all([second, second].map((body) => shop.put(path, body, { 'if-match': '"1"' })));
    expect(twice.map(({ status, headers }) => [status, headers.get('etag')])).toEqual([
      [200, '"2"'],
      [200, '"2"'],
    ]);
    expect((await log()).length).toBe(entries + 1);
  });
});

describe('[R45b] [R27b] a quota that is granted again as it is', () => {
  const POLICY = `/v1/items/${TEA}/policy`;
  const policy = { quotas: [{ channel: 'web', cap: 4, ends_at: '2026-12-01T00:00:00Z' }] };

  test('goes on with what was consumed, and the item hears of no change', async () => {
    await shop.receive(TEA, 10);
    await shop.put(POLICY, policy);
    await shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 3 }] });
    const { sequence } = (await shop.get('web', `/v1/availability/${TEA}?consistency=strong`)).body;
    const again = await shop.put(POLICY, policy, { 'if-match': '"0"' });
    expect([again.status, again.body.quotas[0].consumed]).toEqual([200, 3]);
    const seen = (await shop.get('web', `/v1/availability/${TEA}?consistency=strong`)).body;
    expect([seen.sequence, seen.available_to_sell]).toEqual([sequence, 1]);
  });

  test('is granted also where more was promised since than its cap', async () => {
    await shop.put(POLICY, policy);
    const order = { id: 'o-1', source: 'wms', channel: 'web', order_ref: 'w-1', lines: [{ sku: TEA, quantity: 6 }] };
    await shop.post('admin', '/v1/orders', { orders: [{ ...order, placed_at: '2026-11-20T11:00:00Z' }] });
    const again = await shop.put(POLICY, policy);
    expect([again.status, again.body.quotas[0].consumed]).toEqual([200, 6]);
    expect((await shop.put(POLICY, { quotas: [{ channel: 'web', cap: 5 }] })).body.code).toBe('cap_below_consumption');
  });
});

test('[R45b] an item that another wrote since is the same only if all of it is', async () => {
  const put = (name: string) => shop.put('/v1/items/NEW', { status: 'active', name }, { 'if-match': '"1"' });
  await shop.put('/v1/items/NEW', { status: 'active', name: 'first' });
  expect((await put('mine')).status).toBe(200);
  await shop.put('/v1/items/NEW', { status: 'active', name: 'theirs' });
  expect((await put('mine')).status).toBe(412);
});

/** No entry, no version of anything, and no fact in the item's journal. */
async function changesNothing(path: string, ask: () => Promise<void>): Promise<void> {
  const before = [told(await shop.get('admin', path)), await log(), await versions()];
  await ask();
  expect([told(await shop.get('admin', path)), await log(), await versions()]).toEqual(before);
}

async function log(): Promise<readonly unknown[]> {
  return (await shop.get('admin', '/v1/audit-log?limit=500')).body.items;
}

async function versions(): Promise<readonly unknown[]> {
  const { results } = await shop.database
    .prepare('SELECT network_version.version, kits.version AS kits FROM network_version, kits')
    .all();
  const sequences = [];
  for (const [sku, object] of shop.objects) sequences.push([sku, (await object.snapshot())?.sequence]);
  return [results, sequences];
}

function told({ status, headers, body }: Said): readonly unknown[] {
  return [status, headers.get('etag'), status === 412 ? body.code : body];
}

function alias(system: string, externalId: string): object {
  return { system, external_id: externalId };
}

function coming(quantity: number): object {
  return { location: 'dc', quantity, expected_at: '2026-12-01T08:00:00.000Z' };
}
