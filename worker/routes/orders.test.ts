import { beforeEach, describe, expect, test } from 'vitest';
import { ORDER_LINES_MAX, QUANTITY_MAX } from '../../contracts/limits.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { trimOrders } from '../orders/order-registry.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 10);
});

const order = (fields: object = {}) => ({
  id: 'M-1',
  source: 'wms',
  channel: 'web',
  order_ref: 'SO-1',
  lines: [{ sku: TEA, quantity: 3 }],
  placed_at: '2026-11-20T11:00:00Z',
  ...fields,
});
const SEVERAL = {
  lines: [
    { sku: TEA, quantity: 3 },
    { sku: MUG, quantity: 2 },
  ],
};
const state = (...orders: readonly unknown[]): Promise<Said> => shop.ask('stock', 'POST', '/v1/orders', { orders });
const outcomes = ({ body }: Said): readonly string[] =>
  body.items.map((item: { outcome: string; code?: string }) => item.code ?? item.outcome);
const idOf = async (...orders: readonly unknown[]): Promise<string> => (await state(...orders)).body.items.at(-1).reservation_id;
const seen = async (id: string) => (await shop.get('web', `/v1/reservations/${id}`)).body;
const ats = async (sku: string): Promise<number> =>
  (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;

describe.each([
  ['one item', {}],
  ['several items', SEVERAL],
])('[R30c] an order of %s', (_, several) => {
  test('is a reservation that is committed from the start', async () => {
    const said = await state(order(several));
    expect(said.status).toBe(200);
    const [item] = said.body.items;
    expect(item).toMatchObject({ id: 'M-1', source: 'wms', outcome: 'applied' });
    expect(await seen(item.reservation_id)).toMatchObject({
      id: item.reservation_id,
      status: 'committed',
      channel: 'web',
      buyer: null,
      order_ref: 'SO-1',
      expires_at: null,
      lines: [
        { sku: TEA, quantity: 3, reserved: 3, open: 0, committed: 3, allocations: [{ location: 'dc', quantity: 3 }] },
        ...('lines' in several ? [{ sku: MUG, committed: 2 }] : []),
      ],
    });
    expect(await ats(TEA)).toBe(7);
  });

  test('is found by its order_ref at once', async () => {
    const id = await idOf(order(several));
    const found = await shop.get('web', '/v1/reservations?order_ref=SO-1');
    expect(found.body.items.map((one: { id: string }) => one.id)).toEqual([id]);
  });

  test('is booked once, however often it is told', async () => {
    const first = await state(order(several));
    const again = await state(order(several), order(several));
    expect([outcomes(first), outcomes(again)]).toEqual([['applied'], ['duplicate', 'duplicate']]);
    expect(again.body.items[0].reservation_id).toBe(first.body.items[0].reservation_id);
    expect(await ats(TEA)).toBe(7);
  });

  test('is booked once where two tell it at the same time', async () => {
    const said = await Promise.all([state(order(several)), state(order({ ...several, id: 'other' })), state(order(several))]);
    const retold = await state(order(several), order({ ...several, id: 'other' }));
    expect(outcomes(retold)).toEqual(['duplicate', 'duplicate']);
    const ids = [...said, retold].flatMap(({ body }) =>
      (body.items ?? []).map((item: { reservation_id: string }) => item.reservation_id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await ats(TEA)).toBe(7);
  });

  test('is cancelled and fulfilled like any other, by whoever ships', async () => {
    const id = await idOf(order(several));
    const cancelled = await shop.post('stock', `/v1/reservations/${id}/cancel`, { lines: [{ line: 1, quantity: 1 }] });
    expect(cancelled.body.lines[0]).toMatchObject({ committed: 3, cancelled: 1 });
    const fulfilled = await shop.post('stock', `/v1/reservations/${id}/fulfill`, {});
    expect(fulfilled.body).toMatchObject({
      status: 'fulfilled',
      lines: [{ fulfilled: 2 }, ...('lines' in several ? [{ fulfilled: 2 }] : [])],
    });
    expect(await ats(TEA)).toBe(8);
  });

  test('[R30b] is settled by goods that leave under its order_ref', async () => {
    const id = await idOf(order(several));
    const moved = (sku: string, quantity: number) => ({
      id: `ship-${sku}`,
      source: 'wms',
      kind: 'shipped',
      sku,
      location: 'store',
      quantity,
      order_ref: 'SO-1',
      occurred_at: '2026-11-20T11:30:00Z',
    });
    await shop.ask('stock', 'POST', '/v1/movements', { movements: [moved(TEA, 3), moved(MUG, 2)] });
    expect((await seen(id)).status).toBe('fulfilled');
    expect((await shop.post('stock', `/v1/reservations/${id}/cancel`, {})).body.code).toBe('already_fulfilled');
  });

  test('is booked beyond what is there, and says so in a case', async () => {
    const id = await idOf(
      order({ lines: [{ sku: TEA, quantity: 25, location: 'dc' }, ...('lines' in several ? [{ sku: MUG, quantity: 1 }] : [])] }),
    );
    expect(await seen(id)).toMatchObject({
      status: 'committed',
      lines: [{ committed: 25, backordered: 0 }].concat('lines' in several ? [expect.anything()] : []),
    });
    const cases = await shop.get('admin', `/v1/cases?sku=${TEA}`);
    expect(cases.body.items).toMatchObject([{ kind: 'over_reservation', difference: 15 }]);
    expect(await ats(TEA)).toBe(0);
  });
});

test('[R30c] where no location is named, units wait that nobody has yet', async () => {
  const id = await idOf(order({ lines: [{ sku: TEA, quantity: 12 }] }));
  expect((await seen(id)).lines[0]).toMatchObject({
    committed: 12,
    backordered: 2,
    allocations: [{ location: 'dc', quantity: 10 }],
  });
  await shop.receive(TEA, 5, 'store');
  expect((await seen(id)).lines[0]).toMatchObject({ backordered: 0 });
});

test('[R30c] a kit is ordered as its parts', async () => {
  await shop.put('/v1/items/SET', {
    status: 'active',
    components: [
      { sku: TEA, factor: 2 },
      { sku: MUG, factor: 1 },
    ],
  });
  const id = await idOf(order({ lines: [{ sku: 'SET', quantity: 2 }] }));
  expect(await seen(id)).toMatchObject({ status: 'committed', lines: [{ sku: 'SET', quantity: 2, committed: 2 }] });
  expect([await ats(TEA), await ats(MUG)]).toEqual([6, 8]);
});

describe('[R30c] one order under several names', () => {
  test('a second id of an order_ref is a duplicate of the first, whatever it holds', async () => {
    const first = await idOf(order());
    const second = await state(order({ id: 'M-2', lines: [{ sku: MUG, quantity: 1 }] }));
    expect(second.body.items).toMatchObject([{ id: 'M-2', outcome: 'duplicate', reservation_id: first }]);
    expect(await ats(MUG)).toBe(10);
  });

  test('the same id with other content is what was told first', async () => {
    const first = await idOf(order());
    const second = await state(order({ order_ref: 'SO-2', lines: [{ sku: MUG, quantity: 1 }] }));
    expect(second.body.items).toMatchObject([{ outcome: 'duplicate', reservation_id: first }]);
    expect(await ats(MUG)).toBe(10);
  });

  test('other sources have orders of their own', async () => {
    await state(order());
    expect(outcomes(await state(order({ source: 'erp' })))).toEqual(['applied']);
    expect(await ats(TEA)).toBe(4);
  });

  test('a movement may bear the same id', async () => {
    await shop.ask('stock', 'POST', '/v1/movements', {
      movements: [
        { id: 'M-1', source: 'wms', kind: 'received', sku: TEA, location: 'dc', quantity: 1, occurred_at: shop.today() },
      ],
    });
    expect(outcomes(await state(order()))).toEqual(['applied']);
  });

  test.each([
    ['one item', {}],
    ['several items', SEVERAL],
  ])('an order of %s whose teller died before it was booked is booked by the next, as it was told first', async (_, several) => {
    const gone = (): never => {
      shop.object(TEA).trouble = gone;
      throw new Error('gone');
    };
    shop.object(TEA).trouble = gone;
    const died = await state(order(several));
    expect(died.status).toBeGreaterThanOrEqual(500);
    shop.object(TEA).trouble = null;
    const next = await state(order({ id: 'M-2', lines: [{ sku: MUG, quantity: 1 }] }));
    expect(['applied', 'duplicate']).toContain(outcomes(next)[0]);
    expect(await seen(next.body.items[0].reservation_id)).toMatchObject({
      order_ref: 'SO-1',
      lines: [{ sku: TEA, committed: 3 }].concat('lines' in several ? [expect.objectContaining({ sku: MUG, committed: 2 })] : []),
    });
    expect(outcomes(await state(order(several)))).toEqual(['duplicate']);
    expect(await ats(TEA)).toBe(7);
  });

  test('what is booked is a duplicate even after its objects forgot it', async () => {
    const first = await state(order(), order({ id: 'M-2', order_ref: 'SO-2', ...SEVERAL }));
    shop.objects.clear();
    shop.carts.clear();
    const again = await state(order(), order({ id: 'M-2', order_ref: 'SO-2', ...SEVERAL }));
    const [plain, several] = first.body.items;
    expect(again.body.items).toEqual([
      { ...plain, outcome: 'duplicate' },
      { ...several, outcome: 'duplicate' },
    ]);
  });

  test('after months nobody tells it again, and it is forgotten; the newest is kept', async () => {
    await state(order(), order({ id: 'M-2', order_ref: 'SO-2' }));
    expect(await trimOrders(shop.database, shop.nowMs, 10)).toBe(0);
    expect(await trimOrders(shop.database, shop.nowMs + 1, 10)).toBe(1);
  });
});

test('[R30c] what a coordinator has written down it books by itself, though nobody asks again', async () => {
  const gone = (): never => {
    shop.object(TEA).trouble = gone;
    throw new Error('gone');
  };
  shop.object(TEA).trouble = gone;
  expect((await state(order(SEVERAL))).status).toBe(503);
  shop.object(TEA).trouble = null;
  const [cart] = shop.carts.values();
  cart?.crash();
  await cart?.ring();
  const [found] = (await shop.get('web', '/v1/reservations?order_ref=SO-1')).body.items;
  expect(found).toMatchObject({ status: 'committed', lines: [{ committed: 3 }, { committed: 2 }] });
  expect([await ats(TEA), await ats(MUG)]).toEqual([7, 8]);
});

describe('a wrong order is rejected alone', () => {
  test.each([
    ['an unknown item', { lines: [{ sku: 'NOPE', quantity: 1 }] }, 'sku_unknown'],
    ['an unknown item among others', { lines: [...SEVERAL.lines, { sku: 'NOPE', quantity: 1 }] }, 'sku_unknown'],
    ['an unknown channel', { channel: 'nope' }, 'channel_unknown'],
    [
      'an unknown alias of a location',
      { lines: [{ sku: TEA, quantity: 1, location: { system: 'sap', external_id: '0' } }] },
      'alias_unknown',
    ],
    ['an unknown unit', { lines: [{ sku: TEA, quantity: 1, unit: 'pallet' }] }, 'unit_unknown'],
    ['nothing ordered', { lines: [{ sku: TEA, quantity: 0 }] }, 'invalid_request'],
    ['no lines', { lines: [] }, 'invalid_request'],
    ['over a thousand lines', { lines: Array.from({ length: 1_001 }, () => ({ sku: TEA, quantity: 1 })) }, 'invalid_request'],
    ['no order_ref', { order_ref: undefined }, 'invalid_request'],
    ['no time', { placed_at: undefined }, 'invalid_request'],
    ['an unknown field', { buyer: 'ann' }, 'invalid_request'],
    ['too much in boxes', { lines: [{ sku: TEA, quantity: 1_000_000_000, unit: 'box' }] }, 'invalid_request'],
    [
      'too much in all',
      { lines: [QUANTITY_MAX, 1].map((quantity) => ({ sku: TEA, quantity, location: 'dc' })) },
      'invalid_request',
    ],
  ])('%s', async (_, fields, code) => {
    const said = await state(
      order({ id: 'good' }),
      order({ order_ref: 'SO-2', ...fields }),
      order({ id: 'better', order_ref: 'SO-3' }),
    );
    expect(said.status).toBe(200);
    expect(outcomes(said)).toEqual(['applied', code, 'applied']);
    expect(said.body.items[1]).toMatchObject({ id: 'M-1', source: 'wms', detail: expect.any(String), reservation_id: null });
  });

  test('it may be put right under the same id', async () => {
    expect(outcomes(await state(order({ lines: [{ sku: 'NOPE', quantity: 1 }] })))).toEqual(['sku_unknown']);
    expect(outcomes(await state(order()))).toEqual(['applied']);
  });

  test('one that nobody can read says nothing of itself', async () => {
    const said = await state(7, null, { id: 7 });
    expect(said.body.items).toMatchObject([{ id: null }, { id: null }, { id: null }]);
    expect(outcomes(said)).toEqual(['invalid_request', 'invalid_request', 'invalid_request']);
  });
});

describe('what a key may not state refuses the whole', () => {
  test.each([
    ['another source', { source: 'sap' }],
    ['another location', { lines: [{ sku: TEA, quantity: 1, location: 'outlet' }] }],
  ])('%s', async (_, fields) => {
    const said = await state(order(), order({ id: 'M-2', order_ref: 'SO-2', ...fields }));
    expect([said.status, said.body.code]).toEqual([403, 'source_not_allowed']);
    expect(await ats(TEA)).toBe(10);
  });

  test('a location that stands behind an alias', async () => {
    await shop.put('/v1/locations/outlet', { type: 'store', aliases: [{ system: 'sap', external_id: '9000' }] });
    const said = await state(order({ lines: [{ sku: TEA, quantity: 1, location: { system: 'sap', external_id: '9000' } }] }));
    expect([said.status, said.body.code]).toEqual([403, 'source_not_allowed']);
  });

  test('a key that sells states no orders', async () => {
    const said = await shop.ask('web', 'POST', '/v1/orders', { orders: [order()] });
    expect([said.status, said.body.code]).toEqual([403, 'scope_missing']);
  });
});

test('[R14] an order may be as large as one entry', async () => {
  const lines = [QUANTITY_MAX - 1, 1].map((quantity) => ({ sku: TEA, quantity, location: 'dc' }));
  expect(outcomes(await state(order({ lines })))).toEqual(['applied']);
  expect((await seen((await state(order())).body.items[0].reservation_id)).lines).toMatchObject([
    { committed: QUANTITY_MAX - 1 },
    { committed: 1 },
  ]);
});

describe('a call has limits', () => {
  const many = (lines: number) => Array.from({ length: lines }, () => ({ sku: TEA, quantity: 1, location: 'dc' }));
  test('of orders', async () => {
    const said = await state(...Array.from({ length: 501 }, (_, n) => order({ id: `${n}`, order_ref: `${n}` })));
    expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
  });

  test('of lines in all', async () => {
    const full = Array.from({ length: 5 }, (_, n) => order({ id: `${n}`, order_ref: `${n}`, lines: many(ORDER_LINES_MAX / 5) }));
    expect(outcomes(await state(...full))).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
    const more = await state(...full, order({ id: 'more', order_ref: 'more' }));
    expect([more.status, more.body.code]).toEqual([400, 'invalid_request']);
  });

  test('of haste: an object that has too much to do fails the whole, which may be told again', async () => {
    shop.object(TEA).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 1_000 });
    const said = await state(order(), order({ id: 'M-2', order_ref: 'SO-2', lines: [{ sku: MUG, quantity: 1 }] }));
    expect([said.status, said.body.code]).toEqual([503, 'overloaded']);
    expect(outcomes(await state(order(), order({ id: 'M-2', order_ref: 'SO-2', lines: [{ sku: MUG, quantity: 1 }] })))).toEqual([
      'applied',
      'duplicate',
    ]);
  });
});
