import { afterAll, describe, expect, test } from 'vitest';
import { ENOUGH_SEEDS, RARE, tryCarts, WEATHERS } from './weathers.ts';

// More of them, or one alone, for whoever looks for something: CART_SEEDS=2000, CART_SEED=14 CART_SEEDS=1.
const SEEDS = Number(process.env['CART_SEEDS'] ?? ENOUGH_SEEDS);
const FIRST_SEED = Number(process.env['CART_SEED'] ?? 1);
const TIMEOUT_MS = 900_000;

describe('carts keep their promises', () => {
  const everMet = new Set<string>();

  test.each(WEATHERS)(
    '[R11] [R13] [R20] [R22] [R23] [R24] [R25] [R30c] [R41] [I2] [I3] [I6] [I8] [I9] [I15] [I16] with %s',
    async (weather, faults) => {
      const { met, failure } = await tryCarts(faults, FIRST_SEED, SEEDS);
      if (failure !== null) expect.fail(`seed ${failure.seed}, ${weather}: ${failure.what}`);
      for (const what of met.keys()) everMet.add(what);
    },
    TIMEOUT_MS,
  );

  afterAll(() => {
    if (SEEDS >= ENOUGH_SEEDS) expect(RARE.filter((what) => !everMet.has(what))).toEqual([]);
  });
});
