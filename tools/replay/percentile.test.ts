import { expect, test } from 'vitest';
import { percentile } from './percentile.ts';

test.each([
  ['the median of an odd number of values is the middle one', [3, 1, 2], 0.5, 2],
  ['of an even number it is the lower of the two', [4, 1, 3, 2], 0.5, 2],
  ['the last percent of a hundred values is one value', Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ['one value is every percentile', [7], 0.99, 7],
  ['numbers are sorted as numbers', [10, 9, 100], 1, 100],
  ['nothing has no percentile', [], 0.5, null],
])('%s', (_, values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});
