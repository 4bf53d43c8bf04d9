import { expect, test } from 'vitest';
import { Dice } from '../model/dice.ts';
import { ERPS, fuzzAnswersOf } from './erps.ts';

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 80);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

test.each(Object.keys(ERPS))(
  '[R31] [R33] with its answers spoiled, %s books everything once, and nothing is taken for said that it did not say',
  async (name) => {
    const report = await fuzzAnswersOf(name, ROUNDS, new Dice(SEED));
    console.log(`answers of ${name}, seed ${SEED}: ${report.spoiled} spoiled, ${report.posted} postings`);
    expect(report.complaints.join('\n')).toBe('');
  },
  300_000,
);
