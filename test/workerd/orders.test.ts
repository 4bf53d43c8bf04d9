import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { TakeOrder } from '../../domain/command.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import { admitAda, ask, stocked } from './ask-api.ts';
import { countRows, DC, ERP, gist, SkuUnderTest, WEB, WMS } from './sku.ts';

beforeEach(admitAda);

const order = (id: string, lines: Readonly<Record<string, number>>) => ({
  id,
  source: 'wms',
  channel: 'web',
  order_ref: `ref ${id}`,
  lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
  placed_at: '2026-11-20T00:00:00Z',
});

async function told(...orders: readonly unknown[]) {
  const { status, body } = await ask('POST', '/v1/orders', { orders });
  expect([status, body['code']]).toEqual([200, undefined]);
  return body['items'] as readonly { readonly outcome: string; readonly reservation_id: string; readonly sequence?: number }[];
}

/** Objects and coordinators lose their memory. */
async function forgetAll(skus: readonly string[], reservations: readonly { readonly reservation_id: string }[]): Promise<void> {
  for (const sku of skus) await evictDurableObject(new SkuUnderTest(sku).object);
  for (const { reservation_id: id } of reservations) {
    const [, hash = ''] = id.split('cart.');
    if (hash !== '') await evictDurableObject(env.CART_RESERVATION.getByName(hash));
  }
}

async function expectProven(...skus: readonly string[]): Promise<void> {
  for (const sku of skus) {
    const proof = await new SkuUnderTest(sku).object.proof();
    expect(proof?.checks.filter(({ holds }) => !holds)).toEqual([]);
  }
}

describe('[R30c] orders that were accepted elsewhere, in the real runtime', () => {
  test('are booked once each, of one item and of several, and outlive every object', async () => {
    await stocked('ORD-TEA', 10);
    await stocked('ORD-MUG', 4);
    const batch = [order('one', { 'ORD-TEA': 3 }), order('two', { 'ORD-TEA': 2, 'ORD-MUG': 6 })];
    const first = await told(...batch);
    expect(first.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    await forgetAll(['ORD-TEA', 'ORD-MUG'], first);
    const again = await told(...batch);
    expect(again.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
    expect(again.map((item) => [item.reservation_id, item.sequence])).toEqual(
      first.map((item) => [item.reservation_id, item.sequence]),
    );
    const [, two] = first;
    const found = await ask('GET', '/v1/reservations?order_ref=ref%20two');
    expect(found.body['items']).toMatchObject([
      { id: two?.reservation_id, status: 'committed', lines: [{ committed: 2 }, { committed: 6, backordered: 2 }] },
    ]);
    const fulfilled = await ask(
      'POST',
      `/v1/reservations/${two?.reservation_id}/fulfill`,
      { lines: [{ line: 1, quantity: 2 }] },
      { 'idempotency-key': 'ships' },
    );
    expect(fulfilled.body).toMatchObject({ status: 'committed', lines: [{ fulfilled: 2 }, { fulfilled: 0 }] });
    await expectProven('ORD-TEA', 'ORD-MUG');
  });

  test('are booked once where several tell them at once, under one name or two', async () => {
    await stocked('ORD-RUSH', 10);
    await stocked('ORD-RUSH-2', 10);
    const wish = order('rush', { 'ORD-RUSH': 2, 'ORD-RUSH-2': 1 });
    const tell = () => ask('POST', '/v1/orders', { orders: [wish, { ...wish, id: 'rush again' }] });
    await Promise.all(Array.from({ length: 8 }, tell));
    const items = await told(wish, { ...wish, id: 'rush again' });
    expect(items.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
    expect(new Set(items.map((item) => item.reservation_id)).size).toBe(1);
    const journal = await new SkuUnderTest('ORD-RUSH').object.explain({ channel: null, after: null, limit: 10 });
    expect(journal?.reservations.map(({ lines }) => lines.map(({ owed }) => owed))).toEqual([[2]]);
    await expectProven('ORD-RUSH', 'ORD-RUSH-2');
  });

  test('five hundred of them are one call; the test prints its time', async () => {
    const skus = Array.from({ length: 20 }, (_, n) => `ORD-MANY-${n}`);
    for (const sku of skus) await stocked(sku, 1_000);
    const orders = Array.from({ length: 500 }, (_, n) => order(`many-${n}`, { [skus[n % 20] ?? '']: 1 }));
    const startedAtMs = performance.now();
    const items = await told(...orders);
    const tookMs = performance.now() - startedAtMs;
    expect(items.filter(({ outcome }) => outcome === 'applied')).toHaveLength(500);
    const retoldAtMs = performance.now();
    expect((await told(...orders)).filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(500);
    console.info(
      `500 orders over 20 items: ${tookMs.toFixed(0)} ms; told again: ${(performance.now() - retoldAtMs).toFixed(0)} ms`,
    );
    const rows = await env.DB.prepare("SELECT count(*) AS n FROM order_seen WHERE id LIKE 'many-%' AND booked_at_ms > 0").first<{
      n: number;
    }>();
    expect(rows?.n).toBe(500);
  });
});

const take = (id: string, more: Partial<TakeOrder> = {}): TakeOrder => ({
  type: 'take_order',
  reservation: id as ReservationId,
  channel: WEB,
  orderRef: `ref ${id}`,
  id,
  source: WMS,
  books: 'front',
  lines: [{ line: 1, quantity: 2, at: null }],
  mark: null,
  placedAtMs: Date.now(),
  ...more,
});

describe('[R30c] one item’s object', () => {
  test('writes three rows for an order, and none when it is told again', async () => {
    const tea = await new SkuUnderTest('ORD-ROWS').stocked(10);
    await tea.ask(take('warm'));
    const rows = await countRows(tea);
    expect(gist(await tea.ask(take('a')))).toBe('applied');
    console.info(`rows written for an order of one item: ${rows()}`);
    expect(rows()).toBeLessThanOrEqual(3);
    const before = rows();
    expect(await tea.ask(take('a'))).toMatchObject({ outcome: 'duplicate' });
    expect(rows()).toBe(before);
  });

  test('[R42] keeps its books with an order of the ERP that was counted before it was told', async () => {
    const tea = await new SkuUnderTest('ORD-ERP').stocked(0);
    const count = {
      type: 'count',
      id: 'c',
      source: ERP,
      books: 'erp',
      location: DC,
      status: 'sellable',
      asOfMs: Date.now(),
    } as const;
    await tea.ask({ ...count, quantity: 6, meaning: 'on_hand_minus_committed', mark: 5 });
    const erp = { books: 'erp', source: ERP } as const;
    await tea.ask(take('late', { ...erp, mark: 4, lines: [{ line: 1, quantity: 4, at: DC }] }));
    await tea.ask(take('free', { ...erp, mark: 6 }));
    await evictDurableObject(tea.object);
    const explained = await tea.object.explain({ channel: null, after: null, limit: 10 });
    expect(explained?.balances).toMatchObject([{ location: DC, onHand: 10 }]);
    expect(explained?.snapshot.terms.places).toMatchObject([{ location: DC, committed: 6 }]);
    // Mark 7 holds the first order and, at no place, the second.
    await tea.ask({ ...count, id: 'c2', quantity: 6, meaning: 'on_hand_minus_committed', mark: 7 });
    expect((await tea.object.explain({ channel: null, after: null, limit: 1 }))?.balances).toMatchObject([{ onHand: 10 }]);
    expect(await tea.object.waiting({ after: 0, limit: 10 })).toEqual([]);
    await expectProven('ORD-ERP');
  });
});

test('[R41] a reservation and a cart are handed over through the real objects', async () => {
  await stocked('HAND-TEA', 10);
  await stocked('HAND-MUG', 10);
  const lines = ['HAND-TEA', 'HAND-MUG'].map((sku) => ({ sku: sku as Sku, quantity: 1 }));
  for (const [n, wish] of [lines.slice(0, 1), lines].entries()) {
    const made = await ask(
      'POST',
      '/v1/reservations',
      { channel: 'web', lines: wish, buyer: 'guest' },
      { 'idempotency-key': `hand-${n}` },
    );
    const path = `/v1/reservations/${String(made.body['id'])}`;
    const said = await ask('POST', `${path}/hand-over`, { buyer: 'ann', reference: 'CART-7' }, { 'idempotency-key': 'to-ann' });
    expect(said).toMatchObject({ status: 200, body: { status: 'active', reference: 'CART-7' } });
    expect(said.body['buyer']).not.toBe(made.body['buyer']);
    await forgetAll(['HAND-TEA', 'HAND-MUG'], [{ reservation_id: String(made.body['id']) }]);
    const seen = await ask('GET', path);
    expect(seen.body).toMatchObject({ buyer: said.body['buyer'], reference: 'CART-7', expires_at: made.body['expires_at'] });
  }
});
