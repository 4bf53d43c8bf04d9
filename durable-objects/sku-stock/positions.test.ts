import { describe, expect, test } from 'vitest';
import { behind, entryThrough, positionBeside, positionOf } from './positions.ts';

describe('[R49] positions', () => {
  test('rise within an entry, from entry to entry, and for what no entry says', () => {
    const beside = positionBeside(7, 0);
    const all = [
      positionOf(7),
      positionOf(7, 1),
      positionOf(7, 200),
      behind(7),
      beside,
      positionBeside(7, beside),
      positionOf(8),
    ];
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(new Set(all).size).toBe(all.length);
  });

  test('say which entries lie wholly before them', () => {
    expect([positionOf(7), positionOf(7, 3), behind(7), positionBeside(7, 0), positionOf(8)].map(entryThrough)).toEqual([
      6, 6, 7, 7, 7,
    ]);
    expect(entryThrough(0)).toBe(-1);
  });

  test('beside an entry never hide the next one, however many there are', () => {
    let last = 0;
    for (let n = 0; n < 2_000; n++) last = positionBeside(7, last);
    expect(last).toBeLessThan(positionOf(8));
  });

  test('stay exact for more entries than any item will have', () => {
    expect(positionOf(2 ** 42, 1) - positionOf(2 ** 42)).toBe(1);
  });
});
