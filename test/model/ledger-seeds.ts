import type { IssueAt } from '../../domain/posting.ts';
import type { CountMeaning } from '../../domain/stock.ts';
import type { Books } from '../../domain/variance.ts';
import { LedgerRun, RARE, type Rare } from './ledger-run.ts';
import { UnmarkedRun } from './unmarked-run.ts';

export const LEDGER_STEPS = 90;
export const UNMARKED_STEPS = 120;

/** When sales are posted, and what the ERP's numbers mean then. */
export interface Bookkeeping {
  readonly issueAt: IssueAt;
  readonly meanings: readonly CountMeaning[];
}

export const MEANINGS: readonly Bookkeeping[] = [
  { issueAt: 'commit', meanings: ['on_hand_minus_committed'] },
  { issueAt: 'fulfil', meanings: ['on_hand'] },
  { issueAt: 'both', meanings: ['on_hand'] },
  { issueAt: 'both', meanings: ['on_hand_minus_committed'] },
  { issueAt: 'both', meanings: ['on_hand', 'on_hand_minus_committed'] },
];

/** What a number of seeds met, and what was wrong about them; the first of that is enough. */
export interface Seeds {
  readonly reached: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

/** The equation of I13 after every step; where somebody tampers with the ERP's books, also what comparisons find of it. */
export function tryLedger(first: number, seeds: number, { issueAt, meanings }: Bookkeeping, tampered: boolean): Seeds {
  const reached = new Map<Rare, number>(RARE.map((rare) => [rare, 0]));
  for (let seed = first; seed < first + seeds; seed += 1) {
    const run = new LedgerRun(seed, issueAt, meanings, undefined, tampered);
    for (let step = 0; step < LEDGER_STEPS; step += 1) {
      run.step();
      const broken = [...run.unbalanced(), ...run.wrong];
      if (broken.length > 0) return { reached, wrong: [`seed ${seed}, step ${step}`, ...broken, ...run.said.slice(-4)] };
    }
    run.heal();
    const apart = run.differences();
    if (apart.length > 0) return { reached, wrong: [`seed ${seed}, when all had arrived`, ...apart] };
    for (const rare of run.reached) reached.set(rare, (reached.get(rare) ?? 0) + 1);
  }
  return { reached, wrong: [] };
}

export function tryUnmarked(first: number, seeds: number, spoil: (books: Books) => Partial<Books> = () => ({})): Seeds {
  const reached = new Map([
    ['known', 0],
    ['deferred', 0],
    ['corrected', 0],
  ]);
  const wrong: string[] = [];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const run = new UnmarkedRun(seed, spoil);
    for (let step = 0; step < UNMARKED_STEPS; step += 1) run.step();
    wrong.push(...run.wrong.map((what) => `seed ${seed}: ${what}`));
    for (const what of ['known', 'deferred', 'corrected'] as const) reached.set(what, (reached.get(what) ?? 0) + run[what]);
  }
  return { reached, wrong };
}
