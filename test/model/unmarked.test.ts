import { describe, expect, test } from 'vitest';
import type { Books } from '../../domain/variance.ts';
import { tryUnmarked } from './ledger-seeds.ts';

const SEEDS = 300;

function run(spoil: (books: Books) => Partial<Books> = () => ({})) {
  return tryUnmarked(1, SEEDS, spoil);
}

describe('[R35] [R36] of an ERP without marks', () => {
  test('a reading that may be compared is apart by what somebody did there by hand, and by nothing that is under way', () => {
    const { wrong, reached } = run();
    expect(wrong).toEqual([]);
    expect(Math.min(...reached.values())).toBeGreaterThan(100);
  });

  test.each<readonly [string, (books: Books) => Partial<Books>]>([
    ['looks whether all stood still', () => ({ stoodStill: () => true })],
    ['adds what waits', () => ({ notInErp: () => [] })],
  ])('the simulation notices books in which nobody %s', (_, spoil) => {
    expect(run(spoil).wrong.length).toBeGreaterThan(0);
  });
});
