import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA, type Role, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 10);
});

const CART = {
  lines: [
    { sku: TEA, quantity: 3 },
    { sku: MUG, quantity: 2 },
  ],
};
const handOver = (id: string, body: unknown, role: Role = 'web', key?: string): Promise<Said> =>
  shop.post(role, `/v1/reservations/${id}/hand-over`, body, key);
const hashOf = async (buyer: string): Promise<string> => (await shop.reserve(1, { buyer })).body.buyer;

describe.each([
  ['a reservation', {}],
  ['a cart', CART],
])('[R41] %s is handed over', (_, wish) => {
  const reserved = async (extra: object = {}): Promise<Said['body']> => (await shop.reserve(3, { ...wish, ...extra })).body;

  test('to another buyer, and nothing else of it changes', async () => {
    const before = await reserved({ buyer: 'guest-7' });
    const said = await handOver(before.id, { buyer: 'ann@example.com' });
    expect(said.status).toBe(200);
    const ann = await hashOf('ann@example.com');
    const { lines, as_of, ...rest } = said.body;
    expect(rest).toEqual({
      ...rest,
      status: before.status,
      expires_at: before.expires_at,
      created_at: before.created_at,
      buyer: ann,
      reference: null,
    });
    expect(as_of).toEqual(expect.any(String));
    const units = (all: typeof lines) => all.map(({ sequence: _sequence, ...line }: { sequence: number }) => line);
    expect(units(lines)).toEqual(units(before.lines));
    expect((await shop.get('web', `/v1/reservations/${before.id}`)).body).toMatchObject({ buyer: ann });
  });

  test('to an order or a cart, by a reference that is kept when the buyer changes', async () => {
    const { id, buyer } = await reserved({ buyer: 'guest-7' });
    expect((await handOver(id, { reference: 'CART-77' })).body).toMatchObject({ buyer, reference: 'CART-77' });
    expect((await handOver(id, { buyer: 'ann' })).body).toMatchObject({ reference: 'CART-77' });
    expect((await handOver(id, { buyer: 'bob', reference: 'ORDER-1' })).body).toMatchObject({ reference: 'ORDER-1' });
  });

  test('while it is pinned and while an order owes it, and no longer', async () => {
    const { id } = await reserved();
    await shop.post('web', `/v1/reservations/${id}/pin`, {});
    expect((await handOver(id, { buyer: 'ann' })).body).toMatchObject({ status: 'pinned' });
    await shop.post('web', `/v1/reservations/${id}/commit`, { order_ref: 'SO-1' });
    expect((await handOver(id, { reference: 'SO-1' })).body).toMatchObject({ status: 'committed', reference: 'SO-1' });
    await shop.post('web', `/v1/reservations/${id}/fulfill`, {});
    const late = await handOver(id, { buyer: 'bob' });
    expect([late.status, late.body.code]).toEqual([409, 'already_fulfilled']);
  });

  test.each([
    ['release', 'reservation_released'],
    ['expire', 'reservation_expired'],
    ['cancel', 'reservation_cancelled'],
  ])('not after %s', async (how, code) => {
    const { id } = await reserved();
    if (how === 'expire') shop.nowMs += 900_000;
    if (how === 'cancel') await shop.post('web', `/v1/reservations/${id}/commit`, { order_ref: 'SO-1' });
    if (how !== 'expire') await shop.post('web', `/v1/reservations/${id}/${how}`, {});
    const said = await handOver(id, { buyer: 'ann' });
    expect([said.status, said.body.code]).toEqual([409, code]);
  });

  test('not by a stranger, for whom it does not exist', async () => {
    const { id } = await reserved();
    const said = await handOver(id, { buyer: 'mallory' }, 'app');
    expect([said.status, said.body.code]).toEqual([404, 'reservation_not_found']);
  });

  test('[R5] once per key, also after the next has taken over', async () => {
    const { id } = await reserved();
    const first = await handOver(id, { buyer: 'ann' }, 'web', 'to-ann');
    await handOver(id, { buyer: 'bob' });
    const again = await handOver(id, { buyer: 'ann' }, 'web', 'to-ann');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual({ ...first.body, present_status: 'active' });
    expect((await shop.get('web', `/v1/reservations/${id}`)).body.buyer).toBe(await hashOf('bob'));
    const other = await handOver(id, { buyer: 'cid' }, 'web', 'to-ann');
    expect([other.status, other.body.code]).toEqual([422, 'key_reused']);
  });

  test.each([
    ['nothing', {}],
    ['an empty buyer', { buyer: '' }],
    ['a reference longer than a line', { reference: 'x'.repeat(201) }],
    ['something else', { owner: 'ann' }],
  ])('but not with %s', async (name, body) => {
    const { id } = await reserved();
    const said = await handOver(id, body);
    expect([name, said.status, said.body.code]).toEqual([name, 400, 'invalid_request']);
  });

  test('a reference may have 200 characters', async () => {
    const { id } = await reserved();
    expect((await handOver(id, { reference: 'x'.repeat(200) })).body.reference).toHaveLength(200);
  });

  test('unless the new buyer may not have so much: then all of it stays where it is', async () => {
    await shop.put(`/v1/items/${TEA}/policy`, { buyer_cap: { quantity: 4, period_seconds: 3_600 } });
    await shop.reserve(2, { buyer: 'ann' });
    const before = await reserved({ buyer: 'bob' });
    const said = await handOver(before.id, { buyer: 'ann', reference: 'CART-77' });
    expect([said.status, said.body.code]).toEqual([409, 'buyer_cap_exceeded']);
    expect(said.body.lines).toMatchObject([{ line: 1, sku: TEA, requested: 3, available: 2 }]);
    expect((await shop.get('web', `/v1/reservations/${before.id}`)).body).toMatchObject({ buyer: before.buyer, reference: null });
    // bob still counts with all of it.
    expect((await shop.reserve(2, { buyer: 'bob' })).body.code).toBe('buyer_cap_exceeded');
  });

  test('and is no longer in the way of the old buyer', async () => {
    await shop.put(`/v1/items/${TEA}/policy`, { buyer_cap: { quantity: 4, period_seconds: 3_600 } });
    const { id } = await reserved({ buyer: 'guest-7' });
    await handOver(id, { buyer: 'ann' });
    expect((await shop.reserve(4, { buyer: 'guest-7' })).status).toBe(201);
  });

  test('whoever reads as it gets the answer of a shop without it', async () => {
    const ats = async (query = ''): Promise<number> =>
      (await shop.get('admin', `/v1/availability/${TEA}?channel=web&consistency=strong${query}`)).body.available_to_sell;
    await shop.put(`/v1/items/${TEA}/policy`, { quotas: [{ channel: 'web', cap: 5 }] });
    const { id } = await reserved();
    expect([await ats(), await ats(`&as_reservation=${id}`)]).toEqual([2, 5]);
  });
});

test('[R41] of a cart whose one item is closed, the rest is handed over', async () => {
  const { id } = (await shop.reserve(3, CART)).body;
  await shop.post('web', `/v1/reservations/${id}/commit`, { order_ref: 'SO-1' });
  await shop.post('web', `/v1/reservations/${id}/fulfill`, { lines: [{ line: 1, quantity: 3 }] });
  const said = await handOver(id, { reference: 'SO-1' });
  expect(said.body).toMatchObject({ status: 'committed', reference: 'SO-1', lines: [{ fulfilled: 3 }, { fulfilled: 0 }] });
});
