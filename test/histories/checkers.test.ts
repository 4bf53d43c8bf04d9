import { describe, expect, test } from 'vitest';
import { itemModel } from './item-model.ts';
import { linearizable } from './linearizable.ts';
import { BUGS, OPENING, tinyHistory, type Bug } from './tiny-shop.ts';
import { witness } from './witness.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

async function caught(bug: Bug, seed: number) {
  const history = await tinyHistory(seed, bug);
  return {
    byWitness: witness(history, OPENING).length > 0,
    byBlackBox: linearizable(history, itemModel(OPENING, history)).verdict !== 'linearizable',
  };
}

describe('the checkers of histories are believed because they catch what is wrong', () => {
  test('[I18] [I19] nothing is wrong with a right object, whatever the order and wherever it crashes', async () => {
    const found = await Promise.all(SEEDS.map((seed) => caught('none', seed)));
    expect(found).toEqual(SEEDS.map(() => ({ byWitness: false, byBlackBox: false })));
  });

  test.each(BUGS)('[I19] %s is caught', async (bug) => {
    const found = await Promise.all(SEEDS.map((seed) => caught(bug, seed)));
    const runs = (by: 'byWitness' | 'byBlackBox'): number => found.filter((one) => one[by]).length;
    console.info(`${bug}: of ${SEEDS.length} runs ${runs('byWitness')} by the witness, ${runs('byBlackBox')} by the black box`);
    // Where only the sequences are wrong, whoever does not look at them finds an order.
    const lies = bug === 'a sequence that lies';
    expect(runs('byWitness')).toBeGreaterThan(SEEDS.length / 4);
    if (lies) expect(runs('byBlackBox')).toBe(0);
    else expect(runs('byBlackBox')).toBeGreaterThan(SEEDS.length / 4);
  });
});
