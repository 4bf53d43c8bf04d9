import { expect, test } from 'vitest';
import { RARE, trySequences } from './sequences.ts';

// Others, or more of them: MODEL_SEED=7 MODEL_SEQUENCES=100000.
const SEED = Number(process.env['MODEL_SEED'] ?? 1);
const SEQUENCES = Number(process.env['MODEL_SEQUENCES'] ?? 10_000);
const TIMEOUT_MS = 600_000;
/** Fewer need not meet what is rare. */
const ENOUGH = 2_000;

/** One of four files that do so, each in a process of its own: a quarter of the sequences takes seconds. */
export function tryQuarter(quarter: 1 | 2 | 3 | 4): void {
  test(
    '[R28b] [I1] [I2] [I3] [I4] [I5] [I6] [I7] [I8] [I10] [I17] the core answers like a naive reader of the spec, at every step',
    () => {
      const sequences = Math.ceil(SEQUENCES / 4);
      const { met, failure } = trySequences({ seed: SEED * 4 + quarter, sequences });
      if (failure !== null) expect.fail(`${failure.what}\n\nAgain: ${failure.again}`);
      if (sequences >= ENOUGH) expect(RARE.filter((what) => !met.has(what))).toEqual([]);
    },
    TIMEOUT_MS,
  );
}
