import { beforeEach, expect, test } from 'vitest';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 5, 'store');
  await shop.object(TEA).postTo(shop.erp);
  await shop.object(MUG).postTo(shop.erp);
});

/** Somebody books in the ERP itself; what its feed keeps to itself shows in its numbers alone. */
function bookInErp(key: string, onHand: number, { sku = TEA, location = 'dc' }: { sku?: string; location?: string } = {}): void {
  shop.erp.book({
    key,
    kind: 'counted',
    sku: sku as Sku,
    lines: [{ location: location as LocationId, status: 'sellable', onHand, committed: 0 }],
    orderRef: null,
    document: null,
    reason: null,
    occurredAtMs: shop.nowMs,
  });
}

async function sell(quantity: number): Promise<void> {
  const { body } = await shop.reserve(quantity);
  await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: `order-${quantity}` });
}

test('[R36] [I23] a run in which nothing differs proposes nothing and writes no line', async () => {
  await sell(2);
  const { body } = await shop.reconcile();
  expect(body).toMatchObject({ state: 'done', totals: { items: 2, places: 2, equal: 2, deferred: 0, by_class: [] } });
  expect(await shop.lines(body.id)).toEqual([]);
});

test('[R34] [R36] the difference is what somebody did by hand, whatever waits for the ERP or is known there only', async () => {
  shop.erp.tamper(TEA, 'dc', -3);
  await sell(2);
  bookInErp('GR-1', 4);
  const { body } = await shop.reconcile();
  expect(await shop.lines(body.id)).toMatchObject([
    { sku: TEA, location: 'dc', class: 'unknown', outcome: 'case', variance: -3, ours: 12, erp: 11 },
  ]);
  expect(body.totals).toMatchObject({ equal: 1, by_class: [{ name: 'unknown', lines: 1, variance: -3, absolute: 3 }] });
});
