import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

const SET = 'SET-1';
let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put(`/v1/items/${SET}`, {
    status: 'active',
    components: [
      { sku: TEA, factor: 2 },
      { sku: MUG, factor: 1 },
    ],
  });
  await shop.receive(TEA, 9);
  await shop.receive(MUG, 5);
});

const shows = async (sku: string): Promise<unknown> => (await shop.get('web', `/v1/availability/${sku}/explain`)).body.shows;

async function order(sku: string, quantity: number): Promise<void> {
  const reserved = await shop.post('web', '/v1/reservations', { lines: [{ sku, quantity }] });
  const said = await shop.post('web', `/v1/reservations/${reserved.body.id}/commit`, { order_ref: `O-${sku}-${quantity}` });
  expect(said.status).toBe(200);
}

describe('[R87] explain says what a channel is shown, and why', () => {
  test('of one that says nothing it is what it may sell', async () => {
    expect(await shows(TEA)).toEqual({
      meaning: 'available',
      at_most: null,
      own_open_orders: 0,
      level: 9,
      places: [{ location: 'dc', own_open_orders: 0, level: 9 }],
    });
  });

  test('a band, and its own open orders beside it', async () => {
    await shop.put('/v1/channels/web', { shows: { meaning: 'input', at_most: 4 } });
    await order(TEA, 3);
    expect(await shows(TEA)).toMatchObject({ meaning: 'input', at_most: 4, own_open_orders: 3, level: 4 + 3 });
  });

  test('[R22c] an order of a kit is the kit’s, and none of its parts’', async () => {
    await shop.put('/v1/channels/web', { shows: { meaning: 'input', at_most: null } });
    await order(SET, 2);
    expect(await shows(SET)).toMatchObject({ own_open_orders: 2, level: 2 + 2 });
    expect(await shows(TEA)).toMatchObject({ own_open_orders: 0, level: 5 });
    await order(TEA, 1);
    expect(await shows(TEA)).toMatchObject({ own_open_orders: 1, level: 4 + 1 });
  });

  test('[R30c] an order that the channel took itself counts, at the place that it named', async () => {
    await shop.receive(TEA, 6, 'store');
    await shop.put('/v1/channels/web', { shows: { meaning: 'input', at_most: null } });
    const line = { sku: TEA, quantity: 2, location: 'store' };
    const one = { id: 'o-1', source: 'wms', channel: 'web', order_ref: 'W-1', placed_at: shop.today(), lines: [line] };
    const said = await shop.ask('stock', 'POST', '/v1/orders', { orders: [one] });
    expect(said.body.items).toMatchObject([{ outcome: 'applied' }]);
    expect(await shows(TEA)).toMatchObject({
      own_open_orders: 2,
      level: 15,
      places: [
        { location: 'dc', own_open_orders: 0, level: 9 },
        { location: 'store', own_open_orders: 2, level: 6 },
      ],
    });
  });
});
