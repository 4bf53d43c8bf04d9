import { describe, expect, test } from 'vitest';
import type { Books } from '../../domain/variance.ts';
import { LedgerRun, RARE } from './ledger-run.ts';
import { LEDGER_STEPS, MEANINGS, tryLedger } from './ledger-seeds.ts';

// Others, or more of them: LEDGER_SEED=1000 LEDGER_SEEDS=5000.
const FIRST_SEED = Number(process.env['LEDGER_SEED'] ?? 1);
const SEEDS = Number(process.env['LEDGER_SEEDS'] ?? 150);

describe('[R34] [R42] [I13] the ledger equation holds after every step', () => {
  test.each(MEANINGS)('sales posted at $issueAt, counts mean $meanings', (bookkeeping) => {
    const { wrong, reached } = tryLedger(FIRST_SEED, SEEDS, bookkeeping, false);
    expect(wrong).toEqual([]);
    // What a run never met, it never tested.
    if (SEEDS >= 150) expect(RARE.filter((rare) => reached.get(rare) === 0)).toEqual([]);
  });
});

describe('[R36] [I13] a comparison finds what somebody did to the ERP by hand, to the unit, whatever is under way', () => {
  test.each(MEANINGS)('sales posted at $issueAt, counts mean $meanings', (bookkeeping) => {
    expect(tryLedger(FIRST_SEED, SEEDS, bookkeeping, true).wrong).toEqual([]);
  });
});

describe('[I13] the equation notices books that leave something out', () => {
  const careless: Readonly<Record<string, (books: Books) => Partial<Books>>> = {
    'own postings that the ERP has not got': (books) => ({
      notInErp: (place, mark, told) => (books.notInErp(place, mark, told) === null ? null : []),
    }),
    'ERP facts beyond the mark': () => ({ beyond: () => [] }),
    'that a posting is under way': (books) => ({ notInErp: (place, mark, told) => books.notInErp(place, mark, told) ?? [] }),
    'what an ERP had of a posting under way when it was asked': (books) => ({
      notInErp: (place, mark, told) => {
        const nothing = told?.postings.map(({ sequence }) => ({ sequence, mark: null })) ?? [];
        return books.notInErp(place, mark, told && { ...told, postings: nothing });
      },
    }),
  };
  test.each(Object.keys(careless))('%s', (name) => {
    const noticed = MEANINGS.map(({ issueAt, meanings }) => {
      for (let seed = 1; seed <= 150; seed += 1) {
        const run = new LedgerRun(seed, issueAt, meanings, careless[name]);
        for (let step = 0; step < LEDGER_STEPS; step += 1) {
          run.step();
          if (run.unbalanced().length > 0) return true;
        }
      }
      return false;
    });
    expect(noticed).toEqual(MEANINGS.map(() => true));
  });
});
