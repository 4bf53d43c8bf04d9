import { expect, test } from 'vitest';
import { CartRun } from './cart-run.ts';
import { CALM, type Faults } from './unsafe-network.ts';

const SEEDS = Number(process.env['CART_SEEDS'] ?? 60);
const FIRST_SEED = Number(process.env['CART_SEED'] ?? 1);
const BUYERS = 5;
const TIMEOUT_MS = 120_000;

const WEATHERS: readonly (readonly [string, Faults])[] = [
  ['calm', CALM],
  ['a lossy network', { requestLost: 12, requestLate: 12, replyLost: 8, crash: 0, silence: 0 }],
  ['coordinators that die', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 25, silence: 0 }],
  ['objects that fall silent', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 0, silence: 60 }],
  ['everything at once', { requestLost: 15, requestLate: 10, replyLost: 10, crash: 60, silence: 100 }],
];

const met = new Map<string, number>();

test.each(WEATHERS)(
  '[R20] [R23] [R24] [I2] [I6] [I8] [I9] [I15] [I16] carts keep their promises in %s',
  async (name, faults) => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const run = new CartRun(seed, faults);
      await run.run(BUYERS).catch((error: unknown) => {
        throw new Error(`seed ${seed}, ${name}: ${String(error)}`, { cause: error });
      });
      for (const [what, times] of run.met)
        met.set(what, what === 'attempts' ? Math.max(times, met.get(what) ?? 0) : (met.get(what) ?? 0) + times);
    }
  },
  TIMEOUT_MS,
);

test('the runs met what they are for', () => {
  console.info(
    [...met]
      .sort()
      .map(([what, times]) => `${what} ${times}`)
      .join(', '),
  );
  expect(met.size).toBeGreaterThan(0);
});
