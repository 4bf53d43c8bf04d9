import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 4);
});

const two = (tea: number, mug: number, extra: object = {}) => ({
  lines: [
    { sku: TEA, quantity: tea },
    { sku: MUG, quantity: mug },
  ],
  ...extra,
});

describe('a cart of two items', () => {
  test('is reserved, pinned and committed like one item', async () => {
    const reserved = await shop.post('web', '/v1/reservations', two(3, 2, { buyer: 'anna@example.org' }));
    expect([reserved.status, reserved.body.status]).toEqual([201, 'active']);
    expect(reserved.body.id).toMatch(/^cart\.[\w-]{22}$/);
    const at = `/v1/reservations/${reserved.body.id}`;
    const pinned = await shop.post('web', `${at}/pin`, {});
    expect([pinned.status, pinned.body.status, pinned.body.expires_at]).toEqual([200, 'pinned', null]);
    const committed = await shop.post('web', `${at}/commit`, { order_ref: 'O-1' });
    expect([committed.status, committed.body.status, committed.body.order_ref]).toEqual([200, 'committed', 'O-1']);
    const seen = await shop.get('web', at);
    expect(seen.body).toEqual(committed.body);
    expect(seen.body.lines.map((line: { committed: number }) => line.committed)).toEqual([3, 2]);
    const listed = await shop.get('web', '/v1/reservations?order_ref=O-1');
    expect(listed.body.items).toEqual([seen.body]);
  });

  test('[R22] is refused whole, and every short line is named', async () => {
    const { status, body } = await shop.post('web', '/v1/reservations', two(30, 20));
    expect([status, body.code]).toEqual([409, 'insufficient_stock']);
    expect(body.lines).toMatchObject([
      { line: 1, sku: TEA, requested: 30, available: 10 },
      { line: 2, sku: MUG, requested: 20, available: 4 },
    ]);
    const left = await shop.get('web', `/v1/availability/${TEA}?consistency=strong`);
    expect(left.body.available_to_sell).toBe(10);
  });
});
