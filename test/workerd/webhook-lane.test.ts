import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { WebhookLaneStub } from '../../durable-objects/webhook-lane/protocol.ts';
import { useOwnClock } from './clock.ts';

// So that no alarm rings but by a test's hand.
useOwnClock();

const FAILED = {
  through: 0,
  delivered: 0,
  ended: false,
  failure: { detail: 'It answered 503.', retryAfterMs: 3_600_000, gone: false },
};

async function leaseOf(lane: WebhookLaneStub, startAfter = 0): Promise<string> {
  const turn = await lane.begin(startAfter);
  if (turn.turn !== 'deliver') throw new Error(turn.turn);
  return turn.lease;
}

const rowsOf = (lane: DurableObjectStub, query: string): Promise<readonly unknown[]> =>
  runInDurableObject(lane, (_, { storage }) => storage.sql.exec(query).toArray());

test('[R77] [R38] a lane that was told nothing has no tables; what it was told is a row of a STRICT one', async () => {
  const lane = env.WEBHOOK_LANES.getByName('wh_quiet');
  await lane.report(await leaseOf(lane, 7), 'live', { through: 8, delivered: 0, ended: true, failure: null });
  expect(await rowsOf(lane, "SELECT name FROM sqlite_master WHERE name = 'lane'")).toEqual([]);
  await lane.report(await leaseOf(lane, 7), 'live', { through: 12, delivered: 2, ended: true, failure: null });
  expect(await rowsOf(lane, "SELECT strict FROM pragma_table_list WHERE name = 'lane'")).toEqual([{ strict: 1 }]);
  await evictDurableObject(lane);
  expect(await lane.seen(7)).toMatchObject({ live: { after: 12 }, deliveredTotal: 2 });
});

test('[R78] what failed brings somebody back by an alarm, which survives a restart and is never in the past', async () => {
  const lane = env.WEBHOOK_LANES.getByName('wh_failing');
  const before = Date.now();
  await lane.report(await leaseOf(lane), 'live', FAILED);
  const alarmOf = (): Promise<number | null> => runInDurableObject(lane, (_, { storage }) => storage.getAlarm());
  expect(await alarmOf()).toBeGreaterThanOrEqual(before + 3_600_000);
  await evictDurableObject(lane);
  expect(await lane.begin(0)).toEqual({ turn: 'wait' });
  // It rings too soon: nothing is due, so it is armed for when something is.
  expect(await runDurableObjectAlarm(lane)).toBe(true);
  expect(await alarmOf()).toBeGreaterThanOrEqual(before + 3_600_000);
});

test('[R78] an alarm asks for somebody who delivers, and again later, should the message be lost', async () => {
  const lane = env.WEBHOOK_LANES.getByName('wh_due');
  await lane.report(await leaseOf(lane), 'live', { ...FAILED, failure: { ...FAILED.failure, retryAfterMs: null } });
  await runInDurableObject(lane, (_, { storage }) => {
    storage.sql.exec("UPDATE lane SET body = json_set(body, '$.live.dueMs', 1)");
  });
  await evictDurableObject(lane);
  const rangAt = Date.now();
  const lines: string[] = [];
  const { log } = console;
  Object.assign(console, { log: (line: string) => void lines.push(line) });
  await runDurableObjectAlarm(lane).finally(() => Object.assign(console, { log }));
  const said = lines.filter((line) => line.includes('"webhook-lane"')).map((line) => JSON.parse(line) as object);
  expect(said).toEqual([{ alarm: 'webhook-lane', webhook: 'wh_due', asked: true, durationMs: expect.any(Number) }]);
  const armedMs = await runInDurableObject(lane, (_, { storage }) => storage.getAlarm());
  expect(armedMs).toBeGreaterThan(rangAt);
  expect(armedMs).toBeLessThanOrEqual(Date.now() + 60_000);
});
