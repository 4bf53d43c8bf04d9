import { expect, test } from 'vitest';
import { RARE_ANSWERS, tryBaskets } from './baskets.ts';

// More of them, or one alone: BASKET_SEEDS=20000, BASKET_SEED=14 BASKET_SEEDS=1.
const SEEDS = Number(process.env['BASKET_SEEDS'] ?? 1_000);
const FIRST_SEED = Number(process.env['BASKET_SEED'] ?? 1);

test('[R13] [R15] [R17] [R18] [R22] [R22c] [R23] [R24] [R41] a cart of several items answers like one list of lines', async () => {
  const { met, failure } = await tryBaskets(FIRST_SEED, SEEDS);
  if (failure !== null) expect.fail(`seed ${failure.seed}\n${failure.what}`);
  if (SEEDS >= 1_000) expect(RARE_ANSWERS.filter((what) => !met.has(what))).toEqual([]);
});
