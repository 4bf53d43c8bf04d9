import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

// A mutant costs what its tests cost, so the runs with dice are short here.
Object.assign(process.env, { CART_SEEDS: '1', KIT_SEEDS: '40' });

// First the cases alone, which tell of most mutants at once, then everything for what is left: MUTANTS=cases npm run mutants.
const CASES_ONLY = process.env['MUTANTS'] === 'cases';
const DICE = ['/test/mutation/', '/kit.test.', '/offer.test.', '/sourcing.test.', '/test/cart/carts.', '/test/cart/kits-'];

/** Small cases come first, because the first test that fails ends a mutant's run. */
class CasesBeforeDice extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => placeOf(a) - placeOf(b)));
  }
}

export default defineConfig({
  test: {
    include: CASES_ONLY
      ? ['domain/**/*.test.ts', 'test/cart/cart-*.test.ts']
      : [
          'domain/**/*.test.ts',
          'test/mutation/*.mutation.ts',
          'test/cart/*.test.ts',
          // What carts do is told where they are coordinated and asked for.
          'durable-objects/cart-reservation/*.test.ts',
          // And what a channel is told, where its lane is driven.
          'test/channel-lane/{lane,first-filling,power-cut}.test.ts',
          'worker/stock/sold-out-hints.test.ts',
          'worker/routes/{kit-carts,kit-beside-part,hand-over}.test.ts',
        ],
    exclude: CASES_ONLY ? ['domain/{offer,sourcing}.test.ts'] : [],
    setupFiles: ['test/mutation/same-dice.ts'],
    sequence: { sequencer: CasesBeforeDice },
    testTimeout: 30_000,
    // One process for all files of a run, and a new one for each run: a mutant of a constant is loaded anew.
    isolate: false,
  },
});

function placeOf({ moduleId }: TestSpecification): number {
  return DICE.findIndex((part) => moduleId.includes(part));
}
