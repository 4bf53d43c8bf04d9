import { expect, test } from 'vitest';
import { FAILURE_CHARACTERS_MAX, GIVES_UP_AFTER_ATTEMPTS, GIVES_UP_AFTER_MS } from './limits.ts';
import {
  begunLane,
  dueReadings,
  nextDueMs,
  replayingLane,
  resumedLane,
  toldLane,
  type Failure,
  type WebhookLane,
} from './webhook-lane.ts';

const HOUR_MS = 3_600_000;
const BROKEN: Failure = { detail: 'It answered 500.', retryAfterMs: null, gone: false };
const at = (nowMs: number) => ({ nowMs, random: 0.5 });
const failing = (lane: WebhookLane, nowMs: number, failure = BROKEN): WebhookLane =>
  toldLane(lane, 'live', { through: lane.live.after, delivered: 0, failure }, at(nowMs));

test('[R77] a webhook hears of what comes after it was registered', () => {
  expect(dueReadings(begunLane(7), 0)).toEqual(['live']);
  expect([begunLane(7).live.after, nextDueMs(begunLane(7))]).toEqual([7, null]);
});

test('[R78] tries come later and later, up to an hour apart, and what is taken ends them', () => {
  let lane = begunLane(0);
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 14; attempt += 1) {
    const nowMs = nextDueMs(lane) ?? 0;
    lane = failing(lane, nowMs);
    waits.push((nextDueMs(lane) ?? 0) - nowMs);
  }
  expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(waits.at(-1)).toBe(HOUR_MS / 2);
  const dueMs = nextDueMs(lane) ?? 0;
  expect([dueReadings(lane, dueMs - 1), dueReadings(lane, dueMs)]).toEqual([[], ['live']]);
  lane = toldLane(lane, 'live', { through: 3, delivered: 2, failure: null }, at(dueMs));
  expect(lane).toMatchObject({ live: { after: 3, attempts: 0, failingSinceMs: null }, deliveredTotal: 2, failedTotal: 14 });
});

test('[R78] events that are none of its business are no sign of life', () => {
  const lane = toldLane(failing(begunLane(0), 1_000), 'live', { through: 9, delivered: 0, failure: null }, at(2_000));
  expect(lane).toMatchObject({ live: { after: 9, attempts: 1, failingSinceMs: 1_000 }, answeredAtMs: null });
});

test('[R78] it is given up when a day of tries is over, and not a millisecond sooner', () => {
  let lane = begunLane(0);
  for (let attempt = 1; attempt < GIVES_UP_AFTER_ATTEMPTS; attempt += 1) lane = failing(lane, 0);
  expect(failing(lane, GIVES_UP_AFTER_MS - 1).off).toBe(null);
  expect(failing(lane, GIVES_UP_AFTER_MS).off).toBe('failing');
});

test('[R78] a day that we ourselves were away for is no day of tries', () => {
  let lane = failing(begunLane(0), 0);
  for (let attempt = 2; attempt < GIVES_UP_AFTER_ATTEMPTS; attempt += 1) lane = failing(lane, 2 * GIVES_UP_AFTER_MS);
  expect(lane.off).toBe(null);
  expect(failing(lane, 2 * GIVES_UP_AFTER_MS).off).toBe('failing');
});

test('[R78] whoever is gone is off at once, and nobody delivers to whoever is off before it is put on again', () => {
  const off = failing(begunLane(4), 1_000, { ...BROKEN, gone: true });
  expect([off.off, dueReadings(off, 1e12), nextDueMs(off)]).toEqual(['gone', [], null]);
  expect(dueReadings(resumedLane(off, null), 1_000)).toEqual(['live']);
  expect([resumedLane(off, null).live.after, resumedLane(off, 9).live.after]).toEqual([4, 9]);
});

test('[R79] a replay goes on beside what is new, one at a time, and ends where it should', () => {
  const lane = replayingLane(begunLane(9), 2, 5);
  if (lane === null) throw new Error('nothing is replayed yet');
  expect(dueReadings(lane, 0)).toEqual(['live', 'replay']);
  expect(replayingLane(lane, 1, 2)).toBe(null);
  const half = toldLane(lane, 'replay', { through: 4, delivered: 2, failure: null }, at(0));
  expect(half).toMatchObject({ live: { after: 9 }, replay: { after: 4, until: 5 } });
  expect(toldLane(half, 'replay', { through: 5, delivered: 1, failure: null }, at(0)).replay).toBe(null);
});

test('[R79] nothing old is sent to an endpoint that does not take what is new, and a replay that fails leaves the live reading alone', () => {
  const lane = replayingLane(begunLane(9), 2, 5) ?? begunLane(9);
  const down = failing(lane, 0);
  expect(dueReadings(down, nextDueMs(down) ?? 0)).toEqual(['live']);
  const stuck = toldLane(lane, 'replay', { through: 2, delivered: 0, failure: BROKEN }, at(0));
  expect([dueReadings(stuck, 0), nextDueMs(stuck)]).toEqual([['live'], 500]);
  expect(dueReadings(stuck, 500)).toEqual(['live', 'replay']);
});

test('[R79] of a replay that nobody takes for a day only the replay is given up', () => {
  let lane = replayingLane(begunLane(9), 2, 5) ?? begunLane(9);
  const told = { through: 2, delivered: 0, failure: BROKEN };
  for (let attempt = 1; attempt < GIVES_UP_AFTER_ATTEMPTS; attempt += 1) lane = toldLane(lane, 'replay', told, at(0));
  expect(toldLane(lane, 'replay', told, at(GIVES_UP_AFTER_MS))).toMatchObject({ off: null, replay: null });
});

test('[R78] of a failure a line is kept', () => {
  const lane = failing(begunLane(0), 0, { ...BROKEN, detail: 'x'.repeat(FAILURE_CHARACTERS_MAX + 1) });
  expect(lane.failure?.detail).toHaveLength(FAILURE_CHARACTERS_MAX);
});
