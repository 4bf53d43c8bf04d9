import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { LaneSettings } from '../../domain/lane/lane.ts';
import type { ErpLaneStub } from '../../durable-objects/erp-lane/protocol.ts';

const SETTINGS: LaneSettings = {
  callsPerSecond: null,
  burst: 1,
  callsAtOnceMax: 4,
  growAfter: 10,
  openAfter: 2,
  leaseMs: 30_000,
};

async function call(lane: ErpLaneStub, result: 'answered' | 'failed', settings = SETTINGS): Promise<void> {
  const admitted = await lane.admit({ settings, patienceMs: 0, skus: 1 });
  if (!admitted.admitted) throw new Error(`not for ${admitted.retryAfterMs} ms`);
  await lane.report(admitted.lease, { result }, settings);
}

function rowsOf(lane: DurableObjectStub, query: string): Promise<readonly unknown[]> {
  return runInDurableObject(lane, (_, { storage }) => storage.sql.exec(query).toArray());
}

test('[R33] a lane that has had no trouble has no tables, whatever went over it', async () => {
  const lane = env.ERP_LANES.getByName('healthy');
  for (const result of ['answered', 'failed', 'answered'] as const) await call(lane, result);
  expect(await rowsOf(lane, "SELECT name FROM sqlite_master WHERE name = 'lane'")).toEqual([]);
});

test('[R33] [R38] an open lane is one row of a STRICT table, and stays open when its object starts anew', async () => {
  const lane = env.ERP_LANES.getByName('troubled');
  for (const result of ['failed', 'failed'] as const) await call(lane, result);
  expect(await rowsOf(lane, 'SELECT id FROM lane')).toEqual([{ id: 1 }]);
  expect(await rowsOf(lane, "SELECT strict FROM pragma_table_list WHERE name = 'lane'")).toEqual([{ strict: 1 }]);
  const before = await lane.seen(SETTINGS);
  await evictDurableObject(lane);
  expect(before).toMatchObject({ openedTotal: 1, window: 1 });
  expect(await lane.seen(SETTINGS)).toMatchObject({ state: before.state, openedTotal: 1 });
});

test('[R33] who is alone with an ERP stays so when the lane starts anew', async () => {
  const lane = env.ERP_LANES.getByName('exclusive');
  const settings = { ...SETTINGS, callsAtOnceMax: 1 };
  const first = await lane.admit({ settings, patienceMs: 0, skus: 1 });
  await evictDurableObject(lane);
  expect(await lane.admit({ settings, patienceMs: 0, skus: 1 })).toMatchObject({ admitted: false });
  if (first.admitted) await lane.report(first.lease, { result: 'answered' }, settings);
  await call(lane, 'answered', settings);
});

test('[R33] a caller in line is let in when another one comes back', async () => {
  const lane = env.ERP_LANES.getByName('line');
  const settings = { ...SETTINGS, callsAtOnceMax: 1 };
  const first = await lane.admit({ settings, patienceMs: 0, skus: 1 });
  const second = lane.admit({ settings, patienceMs: 20_000, skus: 1 });
  if (first.admitted) await lane.report(first.lease, { result: 'answered' }, settings);
  expect(await second).toMatchObject({ admitted: true });
});
