import { beforeEach, describe, expect, test } from 'vitest';
import type { LaneSeen } from '../../durable-objects/erp-lane/protocol.ts';
import type { Sku } from '../../domain/ids.ts';
import { Shop, TEA } from '../../test/shop.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import { stockGateway } from '../stock/stock-gateway.ts';
import { followErp } from './follow-erp.ts';
import { watchConnection } from './watch-connection.ts';

const MINUTE_MS = 60_000;
let shop: Shop;
let lane: LaneSeen['state'] | 'unreachable';

beforeEach(async () => {
  shop = await Shop.open();
  lane = 'closed';
  const wary = { feed_lag_seconds: 180, lane_open_seconds: 60, shrink_percent: 50 };
  await shop.put('/v1/channels/web', { confidence: wary });
  await shop.receive(TEA, 10);
  await minutes(1);
});

/** The clock's runs of so many minutes, as the schedule has them. */
async function minutes(count: number): Promise<readonly boolean[]> {
  const told: boolean[] = [];
  for (let minute = 0; minute < count; minute += 1) {
    shop.nowMs += MINUTE_MS;
    const deps = {
      db: shop.database,
      source: ERP_CONNECTION,
      erp: shop.erp,
      stock: stockGateway(
        (sku) => shop.object(sku),
        shop.directories,
        () => undefined,
      ),
      stockOf: (sku: Sku) => shop.object(sku),
      nowMs: () => shop.nowMs,
      erpLane: async (): Promise<LaneSeen> => {
        if (lane === 'unreachable') throw new Error('no such object');
        return { state: lane, window: 1, inFlight: 0, throttledForMs: null, openedTotal: 1 };
      },
    };
    await followErp(deps);
    told.push((await watchConnection(deps))['told'] === true);
  }
  return told;
}

const available = async (): Promise<number> =>
  (await shop.get('web', `/v1/availability/${TEA}?consistency=strong`)).body.available_to_sell;
const explained = async () => (await shop.get('web', `/v1/availability/${TEA}/explain`)).body;
const version = async (): Promise<number | null> =>
  shop.database.prepare('SELECT version FROM network_version').first<number>('version');

describe('[R52] a feed that lags', () => {
  test('makes those offer less who asked for that, within a second, in reads, admission and explain, which says why', async () => {
    expect([await available(), (await explained()).doubts]).toEqual([10, []]);
    shop.erp.faults.down = true;
    await minutes(2);
    expect(await available()).toBe(10);
    await minutes(1);
    expect(await available()).toBe(5);
    expect((await shop.reserve(6)).body.code).toBe('insufficient_stock');
    expect((await shop.get('app', `/v1/availability/${TEA}`)).body.available_to_sell).toBe(10);
    const readAtMs = shop.nowMs - 3 * MINUTE_MS;
    const at = new Date(readAtMs).toISOString();
    expect(await explained()).toMatchObject({
      shrunk: 5,
      doubts: ['feed_lag'],
      feed_read_at: at,
      feed_late_since: at,
      lane_open_since: null,
    });
  });

  test('is trusted again when it was read to its end twice', async () => {
    shop.erp.faults.down = true;
    await minutes(3);
    shop.erp.faults.down = false;
    await minutes(1);
    expect(await available()).toBe(5);
    await minutes(1);
    expect([await available(), (await explained()).feed_late_since]).toEqual([10, null]);
  });

  test('is told to the objects when that begins and ends, and costs nothing while nothing changes', async () => {
    const before = await version();
    expect(await minutes(3)).toEqual([false, false, false]);
    expect(await version()).toBe(before);
    shop.erp.faults.down = true;
    expect(await minutes(5)).toEqual([false, false, true, false, false]);
    expect(await version()).toBe((before ?? 0) + 1);
  });
});

describe('[R52] a lane that is open', () => {
  test.each(['open', 'half_open', 'unreachable'] as const)('(%s) makes those offer less who asked for that', async (state) => {
    lane = state;
    await minutes(1);
    expect(await available()).toBe(10);
    await minutes(1);
    expect(await available()).toBe(5);
    expect((await explained()).doubts).toEqual(['lane_open']);
    lane = 'closed';
    await minutes(2);
    expect(await available()).toBe(10);
  });
});

test('[R52] a feed that was read in part says how old the newest is that was read', async () => {
  for (let n = 1; n <= 30; n += 1) {
    const lines = [{ location: 'dc' as never, status: 'sellable' as const, onHand: 1, committed: 0 }];
    const fact = {
      key: `E-${n}`,
      kind: 'received',
      sku: TEA as Sku,
      lines,
      orderRef: null,
      document: null,
      reason: null,
    } as const;
    shop.erp.book({ ...fact, occurredAtMs: shop.nowMs - 7_200_000 + n });
  }
  let pages = 0;
  const changes = shop.erp.changes.bind(shop.erp);
  shop.erp.changes = async (after, signal) => {
    pages += 1;
    if (pages > 2) shop.nowMs += 30_000;
    return changes(after, signal);
  };
  await minutes(1);
  const { body } = await shop.get('admin', '/metrics');
  const age = Number(/holdfast_erp_feed_unread_age_seconds\{connection="erp"\} ([\d.]+)/.exec(body)?.[1]);
  expect(age).toBeGreaterThan(7_000);
});

test('[R52] [R27d] a policy that names none of the four is refused, and one that names the new ones comes back as it was', async () => {
  expect((await shop.put('/v1/channels/web', { confidence: { shrink_percent: 5 } })).status).toBe(400);
  const confidence = {
    count_age_seconds: null,
    erp_silence_seconds: null,
    feed_lag_seconds: 300,
    lane_open_seconds: null,
    shrink_percent: 5,
  };
  expect((await shop.put('/v1/channels/web', { confidence })).body.confidence).toEqual(confidence);
});
