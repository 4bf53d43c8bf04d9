import { beforeEach, describe, expect, test } from 'vitest';
import { KIT_COMPONENTS_MAX, KIT_DEPTH_MAX, KIT_PARTS_MAX, QUANTITY_MAX, QUERY_PARTS_MAX } from '../../contracts/limits.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';

const SET = 'SET-1';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

type Components = readonly (readonly [sku: string | object, factor: number])[];

const putKit = async (sku: string, ...components: Components) =>
  shop.put(`/v1/items/${sku}`, { status: 'active', components: components.map(([name, factor]) => ({ sku: name, factor })) });

async function plain(...skus: readonly string[]): Promise<void> {
  for (const sku of skus) await shop.put(`/v1/items/${sku}`, { status: 'active' });
}

describe('the catalogue', () => {
  test('[R22c] a kit is read as it was put, with what its components are called here', async () => {
    const put = await putKit(SET, [MUG, 2], [{ system: 'gtin', external_id: '4012345' }, 1]);
    expect([put.status, put.body.components]).toEqual([
      201,
      [
        { sku: MUG, factor: 2 },
        { sku: TEA, factor: 1 },
      ],
    ]);
    expect((await shop.get('admin', `/v1/items/${SET}`)).body).toEqual(put.body);
    expect((await shop.get('admin', `/v1/items/${TEA}`)).body.components).toEqual([]);
  });

  test('[R22c] a kit is told to the audit log with its components', async () => {
    await putKit(SET, [TEA, 1]);
    await putKit(SET, [TEA, 3]);
    const { body } = await shop.get('admin', `/v1/audit-log?target=item:${SET}`);
    expect(body.items.at(-1)).toMatchObject({
      before: { components: [{ sku: TEA, factor: 1 }] },
      after: { components: [{ sku: TEA, factor: 3 }] },
    });
  });

  test('[R22c] an unknown component is refused, and nothing is changed', async () => {
    expect((await putKit(SET, [TEA, 1], ['NONE', 1])).body).toMatchObject({ status: 422, code: 'component_unknown' });
    expect((await putKit(SET, [{ system: 'gtin', external_id: '0' }, 1])).body).toMatchObject({
      status: 422,
      code: 'alias_unknown',
    });
    expect((await shop.get('admin', `/v1/items/${SET}`)).status).toBe(404);
  });

  test('[R22c] a component that is named twice is refused, also under two names', async () => {
    const twice = await putKit(SET, [TEA, 1], [TEA, 2]);
    expect(twice.body).toMatchObject({ status: 400, code: 'invalid_request' });
    const byAlias = await putKit(SET, [TEA, 1], [{ system: 'gtin', external_id: '4012345' }, 2]);
    expect(byAlias.body).toMatchObject({ status: 400, code: 'invalid_request', detail: `components: ${TEA} is named twice` });
  });

  test('[R22c] a kit cannot contain itself, directly or through others', async () => {
    expect((await putKit(SET, [SET, 1])).body).toMatchObject({ status: 422, code: 'kit_cycle' });
    await putKit(SET, [TEA, 1]);
    expect((await putKit(SET, [SET, 1])).body).toMatchObject({ status: 422, code: 'kit_cycle' });
    await putKit('HAMPER', [SET, 1], [MUG, 1]);
    expect((await putKit(SET, ['HAMPER', 1])).body).toMatchObject({ status: 422, code: 'kit_cycle' });
    // An item that is a component becomes a kit that contains its own kit.
    expect((await putKit(TEA, ['HAMPER', 1])).body).toMatchObject({ status: 422, code: 'kit_cycle' });
    expect((await shop.get('admin', `/v1/items/${TEA}`)).body.components).toEqual([]);
    expect((await shop.get('admin', `/v1/items/${SET}`)).body.components).toEqual([{ sku: TEA, factor: 1 }]);
  });

  test('[R22c] what is refused changes neither aliases nor version', async () => {
    await putKit(SET, [TEA, 1]);
    const before = await shop.get('admin', `/v1/items/${SET}`);
    await putKit('HAMPER', [SET, 1]);
    const components = [{ sku: 'HAMPER', factor: 1 }];
    const aliases = [{ system: 'gtin', external_id: '1' }];
    expect((await shop.put(`/v1/items/${SET}`, { status: 'preorder', aliases, components })).body.code).toBe('kit_cycle');
    const after = await shop.get('admin', `/v1/items/${SET}`);
    expect([after.body, after.headers.get('etag')]).toEqual([before.body, before.headers.get('etag')]);
  });

  test('[R22c] kits go so many levels deep and no deeper, from above and from below', async () => {
    await putKit('LEVEL-1', [TEA, 1]);
    for (let level = 2; level <= KIT_DEPTH_MAX; level += 1)
      expect((await putKit(`LEVEL-${level}`, [`LEVEL-${level - 1}`, 1])).status).toBe(201);
    const deeper = await putKit('DEEPER', [`LEVEL-${KIT_DEPTH_MAX}`, 1]);
    expect([deeper.status, deeper.body.detail]).toEqual([400, expect.stringContaining(`${KIT_DEPTH_MAX} levels deep`)]);
    expect((await putKit(TEA, [MUG, 1])).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('[R22c] a kit names so many components, and has so many over all its levels', async () => {
    const skus = Array.from({ length: KIT_COMPONENTS_MAX + 1 }, (_, index) => `PART-${index}`);
    await plain(...skus);
    const named = skus.map((sku) => [sku, 1] as const);
    expect((await putKit(SET, ...named)).status).toBe(400);
    expect((await putKit(SET, ...named.slice(1))).status).toBe(201);
    // The two kits and what they are made of, and then as many more as there may be.
    expect((await putKit('OTHER', ...named.slice(3))).status).toBe(201);
    const rest = KIT_PARTS_MAX - 2 - KIT_COMPONENTS_MAX - (KIT_COMPONENTS_MAX - 2);
    expect((await putKit('HAMPER', [SET, 1], ['OTHER', 1], ...named.slice(0, rest))).status).toBe(201);
    expect((await putKit('HAMPER', [SET, 1], ['OTHER', 1], ...named.slice(0, rest + 1))).status).toBe(400);
    // What a component is made of counts in every kit that contains it.
    expect((await putKit('OTHER', ...named.slice(2, -1), [MUG, 1])).status).toBe(400);
  });

  test('[R22c] one kit takes at most as many units of an item as one line may ask for', async () => {
    expect((await putKit(SET, [TEA, QUANTITY_MAX])).status).toBe(201);
    expect((await putKit('PAIR', [SET, 2])).body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await putKit('ONE', [SET, 1])).status).toBe(201);
    expect((await putKit('ONE', [SET, 1], [TEA, 1])).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

describe('a kit has no stock of its own', () => {
  const movement = (sku: string) => ({
    id: `m-${sku}`,
    source: 'wms',
    kind: 'received',
    sku,
    location: 'dc',
    quantity: 1,
    occurred_at: shop.today(),
  });

  test('[R22c] movements and counts of a kit are rejected one by one', async () => {
    await putKit(SET, [TEA, 1]);
    const { body } = await shop.post('stock', '/v1/movements', { movements: [movement(SET), movement(TEA)] });
    expect(body.items).toMatchObject([
      { outcome: 'rejected', code: 'invalid_request', detail: expect.stringContaining('a kit') },
      { outcome: 'applied' },
    ]);
    const count = { id: 'c', source: 'wms', sku: SET, location: 'dc', quantity: 1, meaning: 'on_hand', as_of: shop.today() };
    const counted = await shop.post('stock', '/v1/counts', { counts: [count] });
    expect(counted.body.items).toMatchObject([{ outcome: 'rejected', code: 'invalid_request' }]);
  });

  test('[R22c] an item with stock, or with promised units, cannot become a kit until it has none', async () => {
    await shop.receive(TEA, 5);
    expect((await putKit(TEA, [MUG, 1])).body).toMatchObject({
      status: 400,
      detail: `components: ${TEA} has 5 units on hand at dc (sellable), and a kit has no stock`,
    });
    await shop.put(`/v1/items/${MUG}/policy`, { backorder_limit: 2 });
    await shop.post('web', '/v1/reservations', { lines: [{ sku: MUG, quantity: 1 }] });
    await shop.put(`/v1/items/${MUG}/policy`, {});
    expect((await putKit(MUG, [TEA, 1])).body).toMatchObject({ status: 400, detail: expect.stringContaining('promised') });
    shop.nowMs += 3_600_000;
    expect((await putKit(MUG, [TEA, 1])).status).toBe(200);
  });

  test('[R22c] of a policy a kit has only what stops it and what calls it low', async () => {
    await shop.put(`/v1/items/${MUG}/policy`, { backorder_limit: 2 });
    expect((await putKit(MUG, [TEA, 1])).body).toMatchObject({ status: 400, code: 'invalid_request' });
    await shop.put(`/v1/items/${MUG}/policy`, {});
    expect((await putKit(MUG, [TEA, 1])).status).toBe(200);
    const policy = `/v1/items/${MUG}/policy`;
    expect((await shop.put(policy, { low_stock_at: 2, stop_sell: true })).status).toBe(200);
    for (const more of [
      { backorder_limit: 1 },
      { buffers: [{ channel: 'web', quantity: 1 }] },
      { safety_stock: [{ location: 'dc', quantity: 1 }] },
    ])
      expect((await shop.put(policy, more)).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('[R22c] nothing of a kit is expected to be received', async () => {
    const receipts = { receipts: [{ location: 'dc', quantity: 1, expected_at: '2026-12-01T00:00:00Z' }] };
    await putKit(SET, [TEA, 1]);
    expect((await shop.put(`/v1/items/${SET}/receipts`, receipts)).body).toMatchObject({ status: 400, code: 'invalid_request' });
    await shop.put(`/v1/items/${MUG}/receipts`, receipts);
    expect((await putKit(MUG, [TEA, 1])).body).toMatchObject({ status: 400, code: 'invalid_request' });
    await shop.put(`/v1/items/${MUG}/receipts`, { receipts: [] });
    expect((await putKit(MUG, [TEA, 1])).status).toBe(200);
  });

  test('[R22c] a kit without components is an item like any other', async () => {
    await putKit(SET, [TEA, 1]);
    await plain(SET);
    shop.nowMs += 1_000;
    await shop.receive(SET, 3);
    expect((await shop.get('admin', `/v1/items/${SET}`)).body.components).toEqual([]);
  });
});

/** Two teas and a mug make a set; of tea there are 5 at dc and 4 at the store, of mugs 3 and 1. */
async function stockedSet(): Promise<void> {
  await putKit(SET, [TEA, 2], [MUG, 1]);
  await shop.receive(TEA, 5);
  await shop.receive(TEA, 4, 'store');
  await shop.receive(MUG, 3);
  await shop.receive(MUG, 1, 'store');
}

const seen = async (query = '', role: 'web' | 'app' = 'web') => shop.get(role, `/v1/availability/${SET}${query}`);

describe('how many there are of a kit', () => {
  beforeEach(stockedSet);

  test('[R22c, R39] is said by the scarcest part, in all and place by place', async () => {
    shop.nowMs += 400;
    const { status, headers, body } = await seen();
    expect(status).toBe(200);
    expect(body).toEqual({
      sku: SET,
      channel: 'web',
      available_to_sell: 4,
      status: 'low_stock',
      locations: [
        { location: 'dc', available_to_sell: 2 },
        { location: 'store', available_to_sell: 1 },
      ],
      sequence: 6,
      as_of: '2026-11-20T12:00:00.400Z',
      age_ms: 0,
      fresh_for_ms: 1_000,
      source: 'object',
    });
    expect(headers.get('etag')).toMatch(/^W\/"6\./);
    expect((await seen('?location=dc')).body).toMatchObject({ available_to_sell: 2 });
    expect((await seen('', 'app')).body).toMatchObject({ available_to_sell: 2, locations: [{ location: 'dc' }] });
  });

  test('[R22c, R39] is as old as its oldest part, fresh no longer than the first to be asked again, and from the slowest tier', async () => {
    await shop.get('web', `/v1/availability/${TEA}`);
    shop.nowMs += 300;
    const { body } = await seen();
    expect(body).toMatchObject({ as_of: '2026-11-20T12:00:00.000Z', age_ms: 300, fresh_for_ms: 700, source: 'object' });
    expect((await seen()).body).toMatchObject({ age_ms: 300, source: 'isolate' });
  });

  test('[R39] is numbered so that the number rises when any part changes', async () => {
    const before = (await seen('?consistency=strong')).body.sequence;
    await shop.receive(MUG, 1);
    const after = (await seen('?consistency=strong')).body.sequence;
    expect(after).toBe(before + 1);
  });

  test('[R22c] follows the kit within a second, and its own policy', async () => {
    await seen();
    await putKit(SET, [TEA, 9]);
    await shop.put(`/v1/items/${SET}/policy`, { low_stock_at: 0 });
    shop.nowMs += 1_000;
    expect((await seen()).body).toMatchObject({ available_to_sell: 1, status: 'in_stock' });
    await shop.put(`/v1/items/${SET}/policy`, { stop_sell: true });
    shop.nowMs += 1_000;
    expect((await seen()).body).toMatchObject({ available_to_sell: 0, status: 'out_of_stock' });
    await shop.put(`/v1/items/${SET}`, { status: 'preorder', components: [{ sku: TEA, factor: 1 }] });
    shop.nowMs += 1_000;
    expect((await seen()).body).toMatchObject({ available_to_sell: 0, status: 'preorder' });
  });

  test('[R22c] of kits within kits comes down to the plain items, summed', async () => {
    await putKit('HAMPER', [SET, 2], [TEA, 1]);
    expect((await shop.get('web', '/v1/availability/HAMPER')).body).toMatchObject({ sku: 'HAMPER', available_to_sell: 1 });
    await shop.receive(TEA, 1);
    const { body } = await shop.get('web', '/v1/availability/HAMPER?consistency=strong');
    // Ten teas and four mugs: two hampers take ten and four.
    expect(body.available_to_sell).toBe(2);
  });

  test('[R22c] is answered among many items, and a part of several is looked at once', async () => {
    await putKit('PAIR', [MUG, 2]);
    await shop.get('web', `/v1/availability/${SET}`);
    for (const object of shop.objects.values()) object.asked = 0;
    const { body } = await shop.post('reader', '/v1/availability/query', {
      channel: 'web',
      skus: [SET, 'PAIR', MUG, 'NONE'],
      consistency: 'strong',
    });
    expect(body.items.map((one: { sku: string; available_to_sell: number }) => [one.sku, one.available_to_sell])).toEqual([
      [SET, 4],
      ['PAIR', 2],
      [MUG, 4],
    ]);
    expect(body.missing).toEqual(['NONE']);
    expect([shop.object(TEA).asked, shop.object(MUG).asked, shop.object(SET).asked]).toEqual([1, 1, 0]);
  });

  test('[R22c] among too many parts is refused', async () => {
    const skus = Array.from({ length: KIT_COMPONENTS_MAX }, (_, index) => index);
    const kits = QUERY_PARTS_MAX / KIT_COMPONENTS_MAX;
    for (let kit = 0; kit < kits; kit += 1) {
      await plain(...skus.map((index) => `P-${kit}-${index}`));
      await putKit(`K-${kit}`, ...skus.map((index) => [`P-${kit}-${index}`, 1] as const));
    }
    const query = async (...more: readonly string[]) =>
      shop.post('reader', '/v1/availability/query', {
        channel: 'web',
        skus: [...skus.slice(0, kits).map((kit) => `K-${kit}`), ...more],
      });
    expect((await query()).body.items).toHaveLength(kits);
    expect((await query(TEA)).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('[R27, I4] is explained by terms that add up, part by part', async () => {
    await shop.put(`/v1/items/${MUG}/policy`, { buffers: [{ channel: 'web', quantity: 3 }], backorder_limit: 2 });
    await shop.reserve(1);
    const { body } = await shop.get('web', `/v1/availability/${SET}/explain`);
    expect(body).toMatchObject({ sku: SET, available_to_sell: 3, stock: 1, backorder_limit: 2, stop_sell: false });
    expect(addedUp(body)).toBe(body.available_to_sell);
    expect(
      body.components.map((one: { sku: string; factor: number; available_to_sell: number }) => [
        one.sku,
        one.factor,
        one.available_to_sell,
      ]),
    ).toEqual([
      [MUG, 1, 3],
      [TEA, 2, 8],
    ]);
    for (const part of body.components) expect(addedUp(part)).toBe(part.available_to_sell);
    expect(body.components[1].locations).toMatchObject([
      { location: 'dc', on_hand: { sellable: 5 }, reserved: 1 },
      { location: 'store' },
    ]);
    expect((await shop.get('web', `/v1/availability/${TEA}/explain`)).body.components).toBe(null);
  });

  test('[R22c] is explained as stopped where the kit is stopped', async () => {
    await shop.put(`/v1/items/${SET}/policy`, { stop_sell: true });
    shop.nowMs += 1_000;
    const { body } = await shop.get('web', `/v1/availability/${SET}/explain`);
    expect(body).toMatchObject({ available_to_sell: 0, stock: 4, stop_sell: true, policy_version: 1 });
  });
});

function addedUp(terms: Record<string, number>): number {
  const { stock = 0, withheld = 0, debt = 0, backordered = 0, buffer = 0, shrunk = 0, backorder_limit: limit = 0 } = terms;
  return stock - withheld - debt - backordered - buffer - shrunk + limit;
}
