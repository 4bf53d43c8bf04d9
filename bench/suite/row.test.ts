import { expect, test } from 'vitest';
import { isGrosslyMissed, verdictOf, type Wanted } from './row.ts';

const atLeast: Wanted = { kind: 'at least', figure: 0.6 };
const missed: Wanted = { kind: 'at least', figure: 5, missed: { reached: 2, why: 'theirs is good' } };
const atMost: Wanted = { kind: 'at most', figure: 2 };

test.each([
  [atLeast, 0.6, 'met', false],
  [atLeast, 0.599, 'missed', false],
  [atLeast, 0.3, 'missed', false],
  [atLeast, 0.299, 'missed', true],
  [atMost, 2, 'met', false],
  [atMost, 2.001, 'missed', false],
  [atMost, 4, 'missed', false],
  [atMost, 4.001, 'missed', true],
  [atMost, Number.NaN, 'missed', true],
  [atLeast, Number.NaN, 'missed', true],
  [missed, 1, 'missed', false],
  [missed, 0.999, 'missed', true],
  [missed, 5, 'met', false],
  [{ ...atMost, ofMachine: true }, 9, 'missed', false],
  [{ ...atMost, ofMachine: true }, Number.NaN, 'missed', true],
  [{ kind: 'report' }, 0.01, 'reported', false],
] as const)('where %o is wanted, %d is %s, and fails the run: %s', (wanted, ratio, verdict, gross) => {
  expect(verdictOf({ wanted, ratio })).toBe(verdict);
  expect(isGrosslyMissed({ wanted, ratio })).toBe(gross);
});
