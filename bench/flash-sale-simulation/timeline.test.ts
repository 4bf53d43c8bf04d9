import { expect, test } from 'vitest';
import { dice } from './dice.ts';
import { Thread } from './thread.ts';
import { Timeline } from './timeline.ts';

test('what is planned happens by its time, and what is planned for the same time in the order of the plans', () => {
  const timeline = new Timeline();
  const roll = dice(1);
  const planned = Array.from({ length: 500 }, (_, order) => ({ atMs: Math.floor(roll() * 50), order }));
  const happened: typeof planned = [];
  for (const one of planned) timeline.at(one.atMs, () => happened.push(one));
  timeline.run();
  expect(happened).toEqual(planned.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order));
});

test('what is planned for a time that has passed happens now', () => {
  const timeline = new Timeline();
  const seenMs: number[] = [];
  timeline.at(10, () => timeline.at(5, () => seenMs.push(timeline.nowMs)));
  timeline.run();
  expect(seenMs).toEqual([10]);
});

test('a thread does one thing after the other, and what waits is counted', () => {
  const timeline = new Timeline();
  const thread = new Thread(timeline);
  const beganMs: number[] = [];
  for (const tookMs of [3, 4, 5]) {
    thread.add(() => {
      beganMs.push(timeline.nowMs);
      return tookMs;
    });
  }
  expect(thread.waiting).toBe(2);
  timeline.run();
  expect([beganMs, thread.waiting, thread.busyMs]).toEqual([[0, 3, 7], 0, 12]);
});
