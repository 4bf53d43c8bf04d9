import { expect, test } from 'vitest';
import { answered, newFlush, type Flush } from './flush.ts';
import { FLUSH_POSTINGS_MAX } from './limits.ts';
import { wantedAgain, type Known } from './replay.ts';

const rowsOf = (...flushes: readonly Flush[]): Known['rows'] => ({
  *holding(sequences) {
    for (const flush of flushes) if (flush.fates.some(({ sequence }) => sequences.includes(sequence))) yield flush;
  },
  ranges: () => flushes.map(({ fates }) => ({ first: fates[0]?.sequence ?? 0, last: fates.at(-1)?.sequence ?? 0 })),
});
const done = (...sequences: readonly number[]): Flush =>
  answered(
    newFlush(sequences, 0),
    sequences.map((sequence) => ({ sequence, outcome: 'posted', mark: sequence })),
    1,
    0,
  );
const lost = (sequences: readonly number[], rows: Known['rows']) => {
  const wanted = sequences.map((sequence) => ({ sequence, vanished: true }));
  const { flushes } = wantedAgain(wanted, { rows, pending: new Set(), kindOf: () => 'posting' }, 9_000);
  return flushes.map(({ fates }) => fates.map(({ sequence }) => sequence));
};

test('[R32] forgotten flushes come back between those that are kept, in sequence, and never across one', () => {
  expect(lost([12, 2, 3, 7], rowsOf(done(5, 6), done(9, 11)))).toEqual([[2, 3], [7], [12]]);
});

test('[R32] one flush of them is no larger than any other', () => {
  const sequences = Array.from({ length: FLUSH_POSTINGS_MAX + 1 }, (_, n) => n + 1);
  expect(lost(sequences, rowsOf()).map(({ length }) => length)).toEqual([FLUSH_POSTINGS_MAX, 1]);
});

test('[R32] of a kept flush only what is wanted goes again', () => {
  const flush = done(5, 6);
  const known = { rows: rowsOf(flush), pending: new Set<number>(), kindOf: () => 'posting' as const };
  const { outcomes, flushes } = wantedAgain(
    [
      { sequence: 5, vanished: true },
      { sequence: 6, vanished: false },
    ],
    known,
    9_000,
  );
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['again', 'posted']);
  expect(flushes.map(({ fates }) => fates)).toEqual([
    [
      { sequence: 5, state: 'refused', mark: null, answeredAtMs: null, againAtMs: 9_000 },
      { sequence: 6, state: 'posted', mark: 6, answeredAtMs: 1 },
    ],
  ]);
});
