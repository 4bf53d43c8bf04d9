import { reset, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { LaneSeen } from '../../durable-objects/erp-lane/protocol.ts';
import { WAITS_LONG_MS } from '../../worker/jobs/limits.ts';
import { wakeWaiting } from '../../worker/jobs/wake-waiting.ts';
import { putNewer } from '../../worker/read-models/availability.ts';
import { pass, useOwnClock } from './clock.ts';
import { changeOf, NO_NETWORK } from './pipeline.ts';
import { SkuUnderTest } from './sku.ts';

useOwnClock();
afterEach(() => reset());

const NOW_MS = 1_000_000;
const CLOSED: LaneSeen = { state: 'closed', window: 8, inFlight: 0, throttledForMs: null, openedTotal: 1 };

/** Those who wait, each since then, and whom the job wakes, in its order. */
async function woken(waiting: Readonly<Record<string, number>>, seen: LaneSeen | readonly LaneSeen[] = CLOSED) {
  const changes = Object.entries(waiting).map(([sku, oldestAtMs]) =>
    changeOf(sku as Sku, 1, 1_000, { waiting: { count: 1, oldestAtMs, failed: 0 } }),
  );
  await env.DB.batch(putNewer(env.DB, changes, NO_NETWORK));
  const heard: string[] = [];
  let nowMs = NOW_MS;
  const answers = Array.isArray(seen) ? [...seen] : [seen];
  const report = await wakeWaiting({
    db: env.DB,
    stockOf: (sku) => ({
      wake: async () => {
        if (sku === 'DEAF') throw new Error('unreachable');
        heard.push(sku);
        return sku !== 'BUSY';
      },
    }),
    erpLane: async () => answers.shift() ?? CLOSED,
    nowMs: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
    },
  });
  return { heard, report };
}

test('[R33] when the ERP is back whoever waits longest is woken first, and who has only just begun to wait is not', async () => {
  const { heard } = await woken({ C: 300_000, A: 200_000, B: 100_000, NEW: NOW_MS - WAITS_LONG_MS + 1 });
  expect(heard).toEqual(['B', 'A', 'C']);
});

test.each([
  ['open', { ...CLOSED, state: 'open' }],
  ['half-open', { ...CLOSED, state: 'half_open' }],
  ['throttled', { ...CLOSED, throttledForMs: 1 }],
] as const)('[R33] nobody is woken for a lane that is %s', async (_, seen) => {
  expect((await woken({ A: 1 }, seen)).heard).toEqual([]);
});

test('[R33] nobody further is woken when the lane opens meanwhile', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`SKU-${n + 100}`, n]));
  const { heard } = await woken(many, [CLOSED, CLOSED, { ...CLOSED, state: 'open' }]);
  expect(heard).toHaveLength(100);
});

test('[R33] nobody is woken faster than the lane has room for them, nor for longer than a run may last', async () => {
  const full = { ...CLOSED, inFlight: 8 };
  expect((await woken({ A: 1 }, [full, full, CLOSED])).heard).toEqual(['A']);
  expect(
    (
      await woken(
        { A: 1 },
        Array.from({ length: 1_000 }, () => full),
      )
    ).heard,
  ).toEqual([]);
});

test('[R33] one that is busy or cannot be reached keeps nobody from being woken', async () => {
  const { report } = await woken({ DEAF: 1, BUSY: 2, A: 3 });
  expect(report).toEqual({ waiting: 3, woken: 1, unreached: 1 });
});

test('[R33] an object that is woken sends what waits for a later attempt, and leaves alone what is under way', async () => {
  const sku = await new SkuUnderTest('WOKEN').stocked(5);
  expect(await sku.object.wake()).toBe(false);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  expect(await sku.object.wake()).toBe(false);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'unknown', retryAfterMs: 600_000, ofTheErp: true }]);
  expect(await sku.object.wake()).toBe(true);
  expect(await sku.object.waiting({ after: 0, limit: 5 })).toMatchObject([{ state: 'sent', attempts: 2 }]);
  expect(await sku.object.wake()).toBe(false);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  expect(await sku.object.wake()).toBe(false);
});

test('an object of no item is not woken', async () => {
  expect(await new SkuUnderTest('NOBODY').object.wake()).toBe(false);
});
