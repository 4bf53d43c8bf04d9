import { describe, expect, test } from 'vitest';
import type { IssueAt } from '../../domain/posting.ts';
import type { CountMeaning } from '../../domain/stock.ts';
import type { Books } from '../../domain/variance.ts';
import { LedgerRun, RARE, type Rare } from './ledger-run.ts';

const SEEDS = 150;
const STEPS = 90;

const MEANINGS: readonly { readonly issueAt: IssueAt; readonly meanings: readonly CountMeaning[] }[] = [
  { issueAt: 'commit', meanings: ['on_hand_minus_committed'] },
  { issueAt: 'fulfil', meanings: ['on_hand'] },
  { issueAt: 'both', meanings: ['on_hand'] },
  { issueAt: 'both', meanings: ['on_hand_minus_committed'] },
  { issueAt: 'both', meanings: ['on_hand', 'on_hand_minus_committed'] },
];

describe('[R34] [R42] [I13] the ledger equation holds after every step', () => {
  test.each(MEANINGS)('sales posted at $issueAt, counts mean $meanings', ({ issueAt, meanings }) => {
    const reached = new Map<Rare, number>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const run = new LedgerRun(seed, issueAt, meanings);
      for (let step = 0; step < STEPS; step += 1) {
        run.step();
        expect({ seed, step, said: run.said.slice(-4), broken: run.unbalanced() }).toMatchObject({ broken: [] });
      }
      expect({ seed, wrong: run.wrong }).toEqual({ seed, wrong: [] });
      run.heal();
      expect({ seed, broken: run.differences() }).toEqual({ seed, broken: [] });
      for (const rare of run.reached) reached.set(rare, (reached.get(rare) ?? 0) + 1);
    }
    // What a run never met, it never tested.
    expect(RARE.filter((rare) => (reached.get(rare) ?? 0) === 0)).toEqual([]);
  });
});

describe('[R36] [I13] a comparison finds what somebody did to the ERP by hand, to the unit, whatever is under way', () => {
  test.each(MEANINGS)('sales posted at $issueAt, counts mean $meanings', ({ issueAt, meanings }) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const run = new LedgerRun(seed, issueAt, meanings, undefined, true);
      for (let step = 0; step < STEPS; step += 1) {
        run.step();
        const { wrong } = run;
        const said = run.said.slice(-4);
        expect({ seed, step, said, broken: run.unbalanced(), wrong }).toMatchObject({ broken: [], wrong: [] });
      }
      run.heal();
      expect({ seed, broken: run.differences() }).toEqual({ seed, broken: [] });
    }
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
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const run = new LedgerRun(seed, issueAt, meanings, careless[name]);
        for (let step = 0; step < STEPS; step += 1) {
          run.step();
          if (run.unbalanced().length > 0) return true;
        }
      }
      return false;
    });
    expect(noticed).toEqual(MEANINGS.map(() => true));
  });
});
