import { beforeEach, describe, expect, test } from 'vitest';
import { ORDERS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Check } from '../../durable-objects/sku-stock/protocol.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';
import { ORDER_TABLES } from '../read-models/orders.ts';
import { turn } from '../read-models/past-table.ts';
import { ITEMS_AT_ONCE_MAX, ITEMS_PER_RUN_MAX } from '../proof/limits.ts';
import { auditItems } from './audit-items.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NIGHT = Date.UTC(2026, 10, 21, 3, 30);
const BROKEN: Check = { invariant: 'I2', holds: false, left: 3, right: 2 };

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  shop.nowMs = NIGHT;
});

/** The cron of one minute. */
const aMinute = () =>
  auditItems({
    db: shop.database,
    stock: { ask: async (sku, question) => question(shop.object(sku)) },
    segments: shop.segments,
    nowMs: () => shop.nowMs,
  });

async function theNextNight() {
  shop.nowMs += DAY_MS;
  return aMinute();
}

const cases = async (state: string) => (await shop.get('admin', `/v1/cases?kind=audit_failed&state=${state}`)).body.items;

describe('[R63b] every item is audited once a night', () => {
  test('not before its time, and not again in that night', async () => {
    shop.nowMs = NIGHT - 1;
    expect(await aMinute()).toMatchObject({ asked: 0 });
    shop.nowMs = NIGHT;
    expect(await aMinute()).toMatchObject({ asked: 2, items: 2, ended: true });
    shop.nowMs = NIGHT + MINUTE_MS;
    expect(await aMinute()).toMatchObject({ asked: 0 });
    expect(await theNextNight()).toMatchObject({ asked: 2, items: 2, ended: true });
  });

  test('a night whose hour has passed is left out', async () => {
    shop.nowMs = NIGHT + 60 * MINUTE_MS;
    expect(await aMinute()).toMatchObject({ asked: 0 });
    shop.nowMs -= 1;
    expect(await aMinute()).toMatchObject({ asked: 2 });
  });

  test('where there are more than a minute may ask, the next one goes on after them', async () => {
    const last = 'Z-LAST' as Sku;
    for (let n = 3; n <= ITEMS_PER_RUN_MAX; n += 1) await shop.put(`/v1/items/ITEM-${n}`, { status: 'active' });
    await shop.put(`/v1/items/${last}`, { status: 'active' });
    shop.object(last).checks = [BROKEN];
    expect(await aMinute()).toMatchObject({ asked: ITEMS_PER_RUN_MAX, failed: 0, ended: false });
    expect(await cases('open')).toEqual([]);
    shop.nowMs += MINUTE_MS;
    expect(await aMinute()).toMatchObject({ asked: 1, items: ITEMS_PER_RUN_MAX + 1, failed: 1, ended: true });
    expect(await cases('open')).toMatchObject([{ sku: last }]);
  });

  test('two runs at once that ask the same items count each of them once', async () => {
    for (let n = 1; n <= ITEMS_AT_ONCE_MAX; n += 1) await shop.put(`/v1/items/ITEM-${n}`, { status: 'active' });
    const [one] = await Promise.all([aMinute(), aMinute()]);
    expect(one).toMatchObject({ items: ITEMS_AT_ONCE_MAX + 2, ended: true });
    const { body } = await shop.get('admin', '/metrics');
    expect(body).toContain(`holdfast_audit_items ${ITEMS_AT_ONCE_MAX + 2}\n`);
  });
});

describe('[R63b] an item that does not add up', () => {
  test('is a case that says what differs, follows what is so, and closes when it adds up again', async () => {
    const tea = shop.object(TEA as Sku);
    tea.checks = [BROKEN];
    await aMinute();
    expect(await cases('open')).toMatchObject([{ id: `audit_failed~${TEA}`, sku: TEA, opened_at: '2026-11-21T03:30:00.000Z' }]);
    expect((await cases('open'))[0].proposal).toContain('I2: 3, and must be 2');

    tea.checks = [{ ...BROKEN, left: 4 }];
    await theNextNight();
    expect(await cases('open')).toMatchObject([
      { opened_at: '2026-11-21T03:30:00.000Z', proposal: expect.stringContaining('I2: 4, and must be 2') },
    ]);

    tea.checks = [{ ...BROKEN, holds: true, left: 2 }];
    await theNextNight();
    expect(await cases('open')).toEqual([]);
    expect(await cases('resolved')).toMatchObject([{ reason: 'It adds up again.', closed_at: '2026-11-23T03:30:00.000Z' }]);
    const { body } = await shop.get('feeds', '/v1/events?types=case.opened,case.closed');
    expect(body.items.map(({ type, data }: { type: string; data: { kind: string } }) => `${type} ${data.kind}`)).toEqual([
      'case.opened audit_failed',
      'case.closed audit_failed',
    ]);
  });

  test('is a case again where somebody closed it while it is so', async () => {
    shop.object(TEA as Sku).checks = [BROKEN];
    await aMinute();
    const resolved = await shop.ask('admin', 'POST', `/v1/cases/audit_failed~${TEA}/resolve`, { reason: 'not now' });
    expect(resolved.status).toBe(200);
    await theNextNight();
    expect(await cases('open')).toMatchObject([{ sku: TEA }]);
  });

  test('of which the archive was altered is one as well', async () => {
    shop.object(TEA as Sku).archived = { head: 'somewhere', throughMs: NIGHT };
    await aMinute();
    expect((await cases('open'))[0].proposal).toContain('archive: 0, and must be 1');
  });

  test('that gives no answer is neither well nor a case, and keeps no other from being asked', async () => {
    shop.object(MUG as Sku).checks = [BROKEN];
    await aMinute();
    shop.object(MUG as Sku).silent = true;
    await theNextNight();
    expect(await cases('open')).toMatchObject([{ sku: MUG }]);
    const { body } = await shop.get('admin', '/metrics');
    const told = ['age_seconds 0', 'items 1', 'failed 0', 'unanswered 1'].map((one) => `holdfast_audit_${one}\n`);
    for (const line of told) expect(body).toContain(line);
  });

  test('says nothing in the metrics before the first audit has ended', async () => {
    expect((await shop.get('admin', '/metrics')).body).not.toContain('holdfast_audit_');
  });
});

test('[R92] an order is found by its order_ref for as long as anything of it is open, and not much longer', async () => {
  await shop.receive(TEA, 5);
  const take = async (orderRef: string): Promise<string> => {
    const { id } = (await shop.reserve(1)).body;
    expect((await shop.post('web', `/v1/reservations/${id}/commit`, { order_ref: orderRef })).status).toBe(200);
    return id;
  };
  const owed = await take('OWED');
  const done = await take('DONE');
  expect((await shop.post('web', `/v1/reservations/${done}/fulfill`, {})).status).toBe(200);
  const found = async (orderRef: string): Promise<readonly string[]> =>
    (await shop.get('web', `/v1/reservations?order_ref=${orderRef}`)).body.items.map(({ id }: { id: string }) => id);
  const nights = async (count: number): Promise<void> => {
    for (let night = 0; night < count; night += 1) {
      await theNextNight();
      await turn(shop.database, ORDER_TABLES, shop.nowMs);
      expect(await found('OWED')).toEqual([owed]);
    }
  };
  await nights(300);
  expect(await found('DONE')).toEqual([]);

  expect((await shop.post('web', `/v1/reservations/${owed}/fulfill`, {})).status).toBe(200);
  await nights(ORDERS_KEPT_DAYS);
  for (let night = 0; night <= 2 * ORDERS_KEPT_DAYS; night += 1) await turn(shop.database, ORDER_TABLES, (shop.nowMs += DAY_MS));
  expect(await found('OWED')).toEqual([]);
});
