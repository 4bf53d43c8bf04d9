// The simple models of test/model/, for as long as a mutant may cost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actions } from '../model/actions.ts';
import { LedgerRun } from '../model/ledger-run.ts';
import { SideBySide } from '../model/side-by-side.ts';

const SEQUENCES = 120;
const LEDGER_SEEDS = [1, 2];
const LEDGER_STEPS = 60;

test('[I4] [I5] [I10] the core answers like a naive reader of the spec', () => {
  fc.assert(
    fc.property(actions, (sequence) => {
      const run = new SideBySide();
      for (const action of sequence) run.step(action);
    }),
    { numRuns: SEQUENCES },
  );
});

test.each([
  ['commit', 'on_hand_minus_committed'],
  ['fulfil', 'on_hand'],
  ['both', 'on_hand'],
] as const)('[R34] [I13] the ledger equation holds after every step, with sales posted at %s', (issueAt, meaning) => {
  for (const seed of LEDGER_SEEDS) {
    const run = new LedgerRun(seed, issueAt, [meaning]);
    for (let step = 0; step < LEDGER_STEPS; step += 1) {
      run.step();
      expect(run.unbalanced()).toEqual([]);
    }
    expect(run.wrong).toEqual([]);
    run.heal();
    expect(run.differences()).toEqual([]);
  }
});
