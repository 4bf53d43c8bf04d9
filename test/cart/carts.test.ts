import { afterAll, describe, expect, test } from 'vitest';
import { CartRun } from './cart-run.ts';
import { CALM, type Faults } from './unsafe-network.ts';

// More of them, or one alone, for whoever looks for something: CART_SEEDS=2000, CART_SEED=14 CART_SEEDS=1.
const SEEDS = Number(process.env['CART_SEEDS'] ?? 40);
const FIRST_SEED = Number(process.env['CART_SEED'] ?? 1);
const BUYERS = 5;
const TIMEOUT_MS = 900_000;

const WEATHERS: readonly (readonly [string, Faults])[] = [
  ['calm', CALM],
  ['a network that loses and delays', { requestLost: 12, requestLate: 12, replyLost: 8, crash: 0, silence: 0 }],
  ['coordinators that die', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 25, silence: 0 }],
  ['objects that fall silent', { requestLost: 0, requestLate: 0, replyLost: 0, crash: 0, silence: 60 }],
  ['all of it at once', { requestLost: 15, requestLate: 10, replyLost: 10, crash: 60, silence: 100 }],
];

// What the runs must have met, or they tested less than they seem to.
const RARE = [
  'reserve: insufficient_stock',
  'reserve: key_in_progress',
  'reserve: unknown',
  'reserve: died',
  'resize: accepted',
  'resize: insufficient_stock',
  'extend: reservation_expired',
  'pin: insufficient_stock',
  'pin: unknown',
  'commit: accepted',
  'commit: reservation_expired',
  'commit: reservation_released',
  'commit: exceeds_reservation',
  'commit: seen decided',
  'fulfill: accepted',
  'cancel: accepted',
  'aborted',
  'attempts',
  'units to give back',
  'undo extend',
  'undo hand_over',
  'hand_over: accepted',
  'hand_over: buyer_cap_exceeded',
  'adopt: accepted',
  'adopt: replayed',
  'adopt: unknown',
  'adopt: died',
  'told and booked',
];

describe('carts keep their promises', () => {
  const met = new Map<string, number>();

  test.each(WEATHERS)(
    '[R11] [R13] [R20] [R22] [R23] [R24] [R25] [R30c] [R41] [I2] [I3] [I6] [I8] [I9] [I15] [I16] with %s',
    async (weather, faults) => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
        const run = new CartRun(seed, faults);
        await run.run(BUYERS).catch((error: unknown) => {
          throw new Error(`seed ${seed}, ${weather}: ${String(error)}`, { cause: error });
        });
        for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
      }
    },
    TIMEOUT_MS,
  );

  afterAll(() => {
    if (SEEDS >= 40) expect(RARE.filter((what) => !met.has(what))).toEqual([]);
  });
});
