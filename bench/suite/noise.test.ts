import { expect, test } from 'vitest';
import { machineTimesIn, noiseBetween, timesIn } from './machine.ts';
import { median, quietest } from './noise.ts';

test('the middle of an even number of figures lies between two of them', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
});

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
])('of %i rounds the %i quietest are kept, in their order', (rounds, kept) => {
  const items = Array.from({ length: rounds }, (_, index) => ({ index, noise: index === 0 ? 9 : rounds - index }));
  const left = quietest(items, ({ noise }) => noise);
  expect(left).toHaveLength(kept);
  expect(left.map(({ index }) => index)).toEqual(left.map(({ index }) => index).toSorted((a, b) => a - b));
  if (kept < rounds) expect(left.map(({ noise }) => noise)).not.toContain(9);
});

test('what others computed is what the machine computed less what is ours', () => {
  const before = { atSeconds: 10, busy: 100, stolen: 1, servers: 5, ours: 20 };
  const after = { atSeconds: 12, busy: 106, stolen: 2, servers: 6.5, ours: 22 };
  expect(noiseBetween(before, after, 3)).toEqual({ foreign: 2, stolen: 0.5, load: 3 });
});

test('a machine’s times leave out what it idled, and a program’s name may hold anything', () => {
  expect(machineTimesIn('cpu  100 20 30 4000 50 6 4 200 0 0\ncpu0 1 2 3\n')).toEqual({ busy: 1.6, stolen: 2 });
  const stat = `7 (a) b) 9 (c) S 1 7 7 0 -1 4 0 0 0 0 150 50 300 100 20 0`;
  expect(timesIn(stat, false)).toBe(2);
  expect(timesIn(stat, true)).toBe(6);
});
