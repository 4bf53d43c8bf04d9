import { describe, expect, test } from 'vitest';
import type { Asked, Operation, Said, Units } from './history.ts';
import { itemModel } from './item-model.ts';
import { linearizable } from './linearizable.ts';
import { witness } from './witness.ts';

const NONE: Units = { open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 };
const PLACE = { sequence: null, asOfMs: null };
const FIVE_SECONDS = 5_000;

let told = 0;

/** From so many milliseconds to so many; each answer has the next sequence unless it says another. */
function operation([fromMs, untilMs]: readonly [number, number], asked: Asked, said: Said | null): Operation {
  const id = `o${(told += 1)}`;
  return { id, client: 'c', asked, said, invokedAt: fromMs, returnedAt: said === null ? Infinity : untilMs, fromMs, untilMs };
}

function reserve(when: readonly [number, number], quantity: number, endsAtMs: number): Operation {
  const asked: Asked = { what: 'reserve', quantity, mode: 'all_or_nothing', ttlMs: FIVE_SECONDS };
  return operation(when, asked, shown({ open: quantity }, { endsAtMs }));
}

function shown(units: Partial<Units>, more: { readonly pinned?: boolean; readonly endsAtMs?: number } = {}): Said {
  return { kind: 'reservation', id: 'r', units: { ...NONE, ...units }, pinned: false, endsAtMs: null, ...PLACE, ...more };
}

function read(when: readonly [number, number], available: number): Operation {
  return operation(when, { what: 'read' }, { kind: 'number', available, ...PLACE });
}

function refused(code: string, available: number | null = null): Said {
  return { kind: 'refused', code, requested: null, available, ...PLACE };
}

function commit(when: readonly [number, number], said: Said | null, reacquire = false): Operation {
  return operation(when, { what: 'commit', reservation: 'r', quantity: null, keepRest: false, reacquire }, said);
}

describe('[I19] the model of one item', () => {
  test.each<readonly [string, 'linearizable' | 'not', readonly Operation[]]>([
    ['[R10] counts a reservation up to its deadline', 'linearizable', [reserve([0, 0], 3, 5_000), read([4_999, 4_999], 7)]],
    ['[R10] does not count it at its deadline', 'linearizable', [reserve([0, 0], 3, 5_000), read([5_000, 5_000], 10)]],
    ['[R10] [I17] does not count it from then on', 'not', [reserve([0, 0], 3, 5_000), read([5_000, 5_001], 7)]],
    ['[R10] nor lets it lapse before', 'not', [reserve([0, 0], 3, 5_000), read([4_000, 4_999], 10)]],
    ['lets a reader who waited over it see either', 'linearizable', [reserve([0, 0], 3, 5_000), read([4_990, 5_010], 7)]],
    [
      '[I17] what has lapsed for one is not there for the next',
      'not',
      [reserve([0, 0], 3, 5_000), read([4_990, 4_995], 7), read([4_996, 5_010], 10), read([5_011, 5_012], 7)],
    ],
    ['[R10] [R13] knows when a deadline may be', 'not', [reserve([0, 10], 3, 5_011)]],
    [
      '[R18] sells what lapsed only anew',
      'linearizable',
      [
        reserve([0, 0], 3, 5_000),
        commit([5_000, 5_001], refused('reservation_expired')),
        commit([5_002, 5_003], shown({ owed: 3 }), true),
        read([5_004, 5_005], 7),
      ],
    ],
    ['[R18] does not sell what lapsed', 'not', [reserve([0, 0], 3, 5_000), commit([5_000, 5_001], shown({ owed: 3 }))]],
    [
      '[I8] refuses for want of stock only what is not there',
      'not',
      [
        operation(
          [0, 1],
          { what: 'reserve', quantity: 4, mode: 'all_or_nothing', ttlMs: FIVE_SECONDS },
          refused('insufficient_stock', 3),
        ),
      ],
    ],
    [
      '[R16] grants in part what there is',
      'linearizable',
      [
        operation(
          [0, 1],
          { what: 'reserve', quantity: 12, mode: 'partial', ttlMs: FIVE_SECONDS },
          shown({ open: 10 }, { endsAtMs: 5_000 }),
        ),
        read([2, 3], 0),
      ],
    ],
    [
      'takes a commit that nobody heard of for done or not',
      'linearizable',
      [
        reserve([0, 0], 3, 5_000),
        commit([1, 2], null),
        operation([6_000, 6_001], { what: 'look', reservation: 'r' }, shown({ owed: 3 })),
      ],
    ],
    [
      'takes no commit for done that was told to have failed',
      'not',
      [
        reserve([0, 0], 3, 5_000),
        commit([1, 2], refused('already_committed')),
        operation([3, 4], { what: 'look', reservation: 'r' }, shown({ owed: 3 })),
      ],
    ],
  ])('%s', (_, verdict, history) => {
    expect(linearizable(history, itemModel(10, history)).verdict).toBe(verdict);
  });
});

describe('[I18] the witness', () => {
  const numbered = (one: Operation, sequence: number, asOfMs: number | null = null): Operation =>
    one.said === null ? one : { ...one, said: { ...one.said, sequence, asOfMs } };
  const taken = (): Operation => numbered(reserve([0, 10], 3, 5_005), 2, 5);

  test('is content where sequences, times and answers agree', () => {
    expect(witness([taken(), numbered(read([20, 30], 7), 2, 25)], 10)).toEqual([]);
  });

  test.each<readonly [string, RegExp, () => readonly Operation[]]>([
    [
      'two effects of one sequence',
      /effects with one sequence/,
      () => {
        const other = numbered(
          { ...reserve([0, 10], 1, 5_005), said: { ...shown({ open: 1 }, { endsAtMs: 5_005 }), id: 's' } as Said },
          2,
          5,
        );
        return [taken(), other];
      },
    ],
    [
      'an answer from before what was answered before',
      /has the later place/,
      () => [taken(), numbered(read([20, 30], 10), 1, 25)],
    ],
    ['[I17] a time at which nobody had asked', /its time is not/, () => [taken(), numbered(read([20, 30], 7), 2, 15)]],
    [
      '[I4] a number that is not so at its sequence',
      /would answer 7 available/,
      () => [taken(), numbered(read([20, 30], 6), 2, 25)],
    ],
    ['a refusal that is never right', /would answer/, () => [taken(), commit([20, 30], refused('already_committed'))]],
    ['what nobody knows', /nobody knows/, () => [taken(), commit([20, 30], null)]],
  ])('names %s', (_, complaint, history) => {
    expect(witness(history(), 10).join()).toMatch(complaint);
  });

  test('believes a refusal without a place that was right while its caller waited', () => {
    const sold = numbered(commit([20, 60], shown({ owed: 3 })), 3, 50);
    expect(witness([taken(), sold, commit([30, 55], refused('already_committed'))], 10)).toEqual([]);
  });
});
