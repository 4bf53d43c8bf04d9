import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actions } from './actions.ts';
import { SideBySide } from './side-by-side.ts';

const SEQUENCES = 2_000;
const TIMEOUT_MS = 60_000;

// What the sequences must have met, or they tested less than they seem to.
const RARE = [
  'reserve: insufficient_stock',
  'resize: insufficient_stock',
  'reserve: buyer_cap_exceeded',
  'resize: buyer_cap_exceeded',
  'pin: buyer_cap_exceeded',
  'resize: reservation_pinned',
  'extend: reservation_expired',
  'pin: insufficient_stock',
  'commit: insufficient_stock',
  'commit: reservation_expired',
  'commit: already_committed',
  'commit: exceeds_reservation',
  'fulfill: already_fulfilled',
  'fulfill: not_committed',
  'fulfill: accepted',
  'cancel: accepted',
  'count: applied',
  'reconcile: applied',
  'reconcile: changed',
  'reconcile: stale',
  'take_order: applied',
  'hand_over: accepted',
  'hand_over: buyer_cap_exceeded',
  'hand_over: already_fulfilled',
  'set_item: cap_below_consumption',
  'set_item: protected_above_stock',
  'placed',
  'reallocated',
  'backordered',
  'released',
];

test(
  '[R28b] [I1] [I2] [I3] [I4] [I5] [I6] [I7] [I8] [I10] [I17] the core answers like a naive reader of the spec, at every step',
  () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(actions, (sequence) => {
        const run = new SideBySide();
        for (const action of sequence) run.step(action);
        for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
      }),
      { numRuns: SEQUENCES, seed: -192_315_937 },
    );
    expect(RARE.filter((what) => !met.has(what))).toEqual([]);
  },
  TIMEOUT_MS,
);
