import { expect, test } from 'vitest';
import { Dice } from '../test/model/dice.ts';
import { reservationId } from '../test/story/ids.ts';
import { Deadlines } from './deadlines.ts';

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  '[R10] deadlines come up in their order, whatever the order in which they were set (seed %i)',
  (seed) => {
    const dice = new Dice(seed);
    const deadlines = new Deadlines();
    const expected: number[] = [];
    for (let step = 0; step < 400; step += 1) {
      if (dice.roll(1, 5) <= 3) {
        const atMs = dice.roll(1, 60);
        deadlines.add({ atMs, reservation: reservationId('a') });
        expected.push(atMs);
        expected.sort((a, b) => a - b);
      } else {
        deadlines.removeEarliest();
        expected.shift();
      }
      expect(deadlines.earliest()?.atMs).toBe(expected[0]);
    }
    for (const atMs of expected) {
      expect(deadlines.earliest()?.atMs).toBe(atMs);
      deadlines.removeEarliest();
    }
    expect(deadlines.earliest()).toBeUndefined();
  },
);
