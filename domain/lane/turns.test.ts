import { expect, test } from 'vitest';
import { newLane, type LaneSettings } from './lane.ts';
import { FULL_WAIT_MS, TURN_MS, TURNS_MS_MAX } from './limits.ts';
import { giveTurns } from './turns.ts';

const SETTINGS: LaneSettings = { callsPerSecond: null, burst: 1, callsAtOnceMax: 1, growAfter: 1, openAfter: 1, leaseMs: 1_000 };
const OPEN = { waitMs: 5_000, sooner: false };

test('[R33] a few who are turned away come back as soon as the lane may let them in, one after the other', () => {
  const first = giveTurns(newLane(SETTINGS, 0), 20, OPEN, 1_000);
  expect(first.retryAfterMs).toBe(5_000);
  expect(giveTurns(first.lane, 1, OPEN, 1_000).retryAfterMs).toBe(5_000 + 20 * TURN_MS);
});

test('[R33] forty thousand SKUs that wait come back 25 a second, and not all of them every minute', () => {
  let lane = newLane(SETTINGS, 0);
  const backMs: number[] = [];
  for (let sku = 0; sku < 40_000; sku += 100) {
    const turns = giveTurns(lane, 100, OPEN, 1_000);
    lane = turns.lane;
    for (let place = 0; place < 100; place += 1) backMs.push(1_000 + turns.retryAfterMs + place * TURN_MS);
  }
  const inMinute = Map.groupBy(backMs, (atMs) => Math.floor(atMs / 60_000));
  expect(Math.max(...[...inMinute.values()].map((some) => some.length))).toBe(1_500);
  expect(backMs).toEqual([...backMs].sort((a, b) => a - b));
});

test('[R33] who comes back while the lane is still open goes to the end of the line', () => {
  const { lane } = giveTurns(newLane(SETTINGS, 0), 1_000, OPEN, 0);
  expect(giveTurns(lane, 1, { waitMs: 100, sooner: false }, 6_000).retryAfterMs).toBe(5_000 + 1_000 * TURN_MS - 6_000);
});

test('[R33] nobody waits for a turn beyond measure', () => {
  const lane = { ...newLane(SETTINGS, 0), turnsGivenUntilMs: 5_000 + TURNS_MS_MAX };
  expect(giveTurns(lane, 1, OPEN, 0).retryAfterMs).toBe(5_000 + TURNS_MS_MAX);
  expect(giveTurns({ ...lane, turnsGivenUntilMs: lane.turnsGivenUntilMs + 1 }, 1, OPEN, 0).retryAfterMs).toBe(5_000);
});

test('[R33] who finds the lane full tries again soon, though a place may be taken for long', () => {
  expect(giveTurns(newLane(SETTINGS, 0), 1, { waitMs: 30_000, sooner: true }, 0).retryAfterMs).toBe(FULL_WAIT_MS);
});
