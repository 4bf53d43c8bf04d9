import { describe, expect, test } from 'vitest';
import { linearizable, type SequentialModel, type Timed } from './linearizable.ts';

/** Writing a value, or reading it; a write without answer has no time of return. */
interface RegisterOp extends Timed {
  readonly write?: number;
  readonly read?: number;
}

const REGISTER: SequentialModel<number, RegisterOp> = {
  init: 0,
  step: (value, { write, read }) => write ?? (read === value ? value : null),
  key: String,
};

function write(value: number, invokedAt: number, returnedAt = Infinity): RegisterOp {
  return { write: value, invokedAt, returnedAt };
}

function read(value: number, invokedAt: number, returnedAt: number): RegisterOp {
  return { read: value, invokedAt, returnedAt };
}

describe('[I19] the search finds an order if there is one', () => {
  test.each<readonly [string, 'linearizable' | 'not', readonly RegisterOp[]]>([
    ['nothing happened', 'linearizable', []],
    ['a read after a write sees it', 'linearizable', [write(1, 0, 1), read(1, 2, 3)]],
    ['a read after a write sees what was before', 'not', [write(1, 0, 1), read(0, 2, 3)]],
    ['a read beside a write may see either', 'linearizable', [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)]],
    ['of two reads beside a write the later sees less', 'not', [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
    ['two writes at once, seen in one order', 'linearizable', [write(1, 0, 9), write(2, 0, 9), read(1, 1, 2), read(2, 3, 4)]],
    [
      'two writes at once, seen in both orders by different readers',
      'not',
      [write(1, 0, 9), write(2, 0, 9), read(1, 1, 2), read(2, 3, 4), read(1, 5, 6)],
    ],
    ['an unknown write is never seen', 'linearizable', [write(1, 0), read(0, 1, 2), read(0, 3, 4)]],
    ['an unknown write is seen late', 'linearizable', [write(1, 0), read(0, 1, 2), read(1, 3, 4)]],
    ['an unknown write is seen and then not', 'not', [write(1, 0), read(1, 1, 2), read(0, 3, 4)]],
    ['an unknown write is seen before it was asked for', 'not', [read(1, 0, 1), write(1, 2)]],
    [
      'an unknown write that would change nothing at first is seen later',
      'linearizable',
      [write(0, 0), write(1, 1, 2), read(1, 3, 4), read(0, 5, 6)],
    ],
    ['what nobody wrote is seen', 'not', [write(1, 0, 1), read(7, 0, 9)]],
    ['asked for in the moment of an answer, it may have come before', 'linearizable', [write(1, 0, 5), read(0, 5, 6)]],
  ])('%s: %s', (_, verdict, history) => {
    expect(linearizable(history, REGISTER).verdict).toBe(verdict);
  });

  test('a queue whose elements leave in another order than they came is none', () => {
    const put = (value: string, invokedAt: number, returnedAt: number) => ({ put: value, take: null, invokedAt, returnedAt });
    const take = (value: string, invokedAt: number, returnedAt: number) => ({ put: null, take: value, invokedAt, returnedAt });
    const queue: SequentialModel<readonly string[], ReturnType<typeof put> | ReturnType<typeof take>> = {
      init: [],
      step: (all, { put: added, take: taken }) => (added !== null ? [...all, added] : all[0] === taken ? all.slice(1) : null),
      key: (all) => all.join(),
    };
    expect(linearizable([put('a', 0, 1), put('b', 2, 3), take('b', 4, 5), take('a', 6, 7)], queue).verdict).toBe('not');
    expect(linearizable([put('a', 0, 3), put('b', 0, 3), take('b', 4, 5), take('a', 6, 7)], queue).verdict).toBe('linearizable');
  });

  test('where there is none it shows how far it came, and what did not fit', () => {
    const history = [write(1, 0, 1), read(1, 2, 3), read(0, 4, 5)];
    expect(linearizable(history, REGISTER)).toMatchObject({ longest: history.slice(0, 2), stuck: history.slice(2) });
  });
});

describe('[I19] the search ends', () => {
  const together = Array.from({ length: 12 }, () => ({ adds: 1, reads: null, invokedAt: 0, returnedAt: 100 }));
  const counter: SequentialModel<number, { adds: number; reads: number | null } & Timed> = {
    init: 0,
    step: (count, { adds, reads }) => (reads === null || reads === count ? count + adds : null),
    key: String,
  };
  const wrong = [...together, { adds: 0, reads: 99, invokedAt: 0, returnedAt: 100 }];

  test('what was tried is remembered: twelve at once are tried in some thousand ways, not in 479 million', () => {
    const found = linearizable(wrong, counter);
    expect(found.verdict).toBe('not');
    expect(found.steps).toBeLessThan(60_000);
  });

  test('after so many steps it is undecided, which is no yes', () => {
    expect(linearizable(wrong, counter, 1_000)).toEqual({ verdict: 'undecided', steps: 1_000 });
  });
});
