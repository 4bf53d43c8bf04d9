import { beforeEach, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

const SET = 'SET-1';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  const components = [
    { sku: TEA, factor: 2 },
    { sku: MUG, factor: 1 },
  ];
  await shop.put(`/v1/items/${SET}`, { status: 'active', components, units: [{ unit: 'crate', factor: 2 }] });
  await shop.receive(TEA, 9);
  await shop.receive(MUG, 5);
});

const reserve = async (lines: readonly object[], extra: object = {}) => shop.post('web', '/v1/reservations', { lines, ...extra });

const left = async (sku: string, query = ''): Promise<number> =>
  (await shop.get('web', `/v1/availability/${sku}?consistency=strong${query}`)).body.available_to_sell;

test('[R22c] a kit is reserved, committed and cancelled through its parts', async () => {
  const reserved = await reserve([{ sku: SET, quantity: 3 }]);
  expect([reserved.status, reserved.body.lines]).toMatchObject([201, [{ line: 1, sku: SET, quantity: 3, reserved: 3, open: 3 }]]);
  expect([await left(TEA), await left(MUG), await left(SET)]).toEqual([3, 2, 1]);
  const at = `/v1/reservations/${reserved.body.id}`;
  const committed = await shop.post('web', `${at}/commit`, { order_ref: 'O-1', lines: [{ line: 1, quantity: 2 }] });
  expect(committed.body.lines).toMatchObject([{ sku: SET, committed: 2, released: 1 }]);
  expect([await left(TEA), await left(MUG)]).toEqual([5, 3]);
  await shop.post('web', `${at}/cancel`, {});
  expect([await left(TEA), await left(MUG)]).toEqual([9, 5]);
});

test('[R15, R22c] a kit and its component in one cart are summed', async () => {
  const lines = (sets: number, teas: number) => [
    { sku: SET, quantity: sets },
    { sku: TEA, quantity: teas },
  ];
  const refused = await reserve(lines(4, 2));
  expect([refused.status, refused.body.code]).toEqual([409, 'insufficient_stock']);
  expect([await left(TEA), await left(MUG)]).toEqual([9, 5]);
  expect((await reserve(lines(4, 1))).status).toBe(201);
  expect([await left(TEA), await left(MUG), await left(SET)]).toEqual([0, 1, 0]);
});

test('[R22] a short kit line says how many kits there are', async () => {
  const { body } = await reserve([{ sku: SET, quantity: 7 }]);
  expect(body.lines).toMatchObject([{ line: 1, sku: SET, requested: 7, available: 4 }]);
});

test('[R16, R22c] in part only whole kits are granted, and no part of another is kept', async () => {
  const { status, body } = await reserve([{ sku: SET, quantity: 7 }], { mode: 'partial' });
  expect([status, body.lines]).toMatchObject([201, [{ sku: SET, quantity: 7, reserved: 4 }]]);
  expect([await left(TEA), await left(MUG)]).toEqual([1, 1]);
});

test('[R18, R22c, R24] a kit of which parts went back at once lapses as a whole, and can be taken anew', async () => {
  const { body } = await reserve([{ sku: SET, quantity: 5 }], { mode: 'partial', ttl_seconds: 10 });
  expect(body.lines).toMatchObject([{ quantity: 5, reserved: 4 }]);
  shop.nowMs += 10_000;
  const at = `/v1/reservations/${body.id}`;
  expect((await shop.get('web', at)).body).toMatchObject({ status: 'expired', lines: [{ expired: 4, released: 0 }] });
  expect((await shop.post('web', `${at}/extend`, { ttl_seconds: 10 })).body.code).toBe('reservation_expired');
  expect((await shop.post('web', `${at}/pin`, {})).body).toMatchObject({ status: 'pinned', lines: [{ open: 4, expired: 0 }] });
});

test('[R14, R22c] a unit of a kit is so many kits', async () => {
  expect((await reserve([{ sku: SET, quantity: 2, unit: 'crate' }])).body.lines).toMatchObject([{ quantity: 4 }]);
  expect([await left(TEA), await left(MUG)]).toEqual([1, 1]);
});

test('[R22c] a stopped kit is refused with 0, though its parts are there', async () => {
  await shop.put(`/v1/items/${SET}/policy`, { stop_sell: true });
  shop.nowMs += 1_000;
  const { status, body } = await reserve([{ sku: SET, quantity: 1 }]);
  expect([status, body.code, body.lines]).toMatchObject([409, 'insufficient_stock', [{ sku: SET, available: 0 }]]);
  expect([await left(TEA), await left(MUG)]).toEqual([9, 5]);
});

test('[R22c] what a kit was made of when it was reserved stays so', async () => {
  const { body } = await reserve([{ sku: SET, quantity: 2 }]);
  await shop.put(`/v1/items/${SET}`, { status: 'active', components: [{ sku: MUG, factor: 5 }] });
  shop.nowMs += 1_000;
  await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: 'O-1' });
  expect([await left(TEA), await left(MUG)]).toEqual([5, 3]);
});

test('[R22c] nobody is in the way of their own kit', async () => {
  const kits = await reserve([{ sku: SET, quantity: 3 }]);
  const tea = await reserve([{ sku: TEA, quantity: 2 }]);
  expect(await left(SET)).toBe(0);
  expect(await left(SET, `&as_reservation=${kits.body.id}`)).toBe(3);
  expect(await left(TEA, `&as_reservation=${kits.body.id}`)).toBe(7);
  expect(await left(SET, `&as_reservation=${tea.body.id}`)).toBe(1);
  const strange = await shop.get('app', `/v1/availability/${SET}?as_reservation=${kits.body.id}`);
  expect([strange.status, strange.body.code]).toEqual([404, 'reservation_not_found']);
  await shop.post('web', `/v1/reservations/${kits.body.id}/release`, {});
  expect(await left(SET, `&as_reservation=${kits.body.id}`)).toBe(3);
});

test('[R22b, R22c] a kit comes from one location if its parts are there', async () => {
  await shop.receive(TEA, 4, 'store');
  await shop.receive(MUG, 2, 'store');
  await reserve([{ sku: MUG, quantity: 4 }]);
  const { body } = await reserve([{ sku: SET, quantity: 2 }]);
  const at = `/v1/availability/`;
  for (const [sku, store] of [
    [TEA, 0],
    [MUG, 0],
  ] as const) {
    const seen = await shop.get('web', `${at}${sku}?consistency=strong&location=store`);
    expect([sku, seen.body.available_to_sell]).toEqual([sku, store]);
  }
  expect(body.status).toBe('active');
});
