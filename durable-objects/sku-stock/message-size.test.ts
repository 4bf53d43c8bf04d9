import { expect, test } from 'vitest';
import { newestWithin } from './message-size.ts';

test('of a list that is too long the newest stay, in their order, and always one', () => {
  // Each is four bytes with its quotes and its comma.
  const list = ['a', 'b', 'c'];
  expect(newestWithin(12, list)).toEqual(['a', 'b', 'c']);
  expect(newestWithin(11, list)).toEqual(['b', 'c']);
  expect(newestWithin(1, list)).toEqual(['c']);
});
