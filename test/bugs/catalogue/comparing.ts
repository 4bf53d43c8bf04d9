import type { Bug } from '../bug.ts';
import { RUNS } from '../checks.ts';

/** What compares our books with the ERP's while both move, and lets people book what is left. */
export const COMPARING: readonly Bug[] = [
  {
    id: 'run-believes-one-reading',
    rule: 'R36 I23 F29',
    file: 'worker/reconciliation/check-again.ts',
    find: 'return found.variance === 0 ? true : was?.variance === found.variance;',
    replace: 'return found.variance === 0 || was !== undefined;',
    caughtBy: RUNS,
  },
  {
    id: 'run-does-not-wait-for-the-feed',
    rule: 'R36 I23 F29',
    file: 'worker/reconciliation/read-steadily.ts',
    find: 'if (!(await followFeed(unmarked ? null : markMax))) return null;',
    replace: 'void followFeed(unmarked ? null : markMax);',
    caughtBy: RUNS,
  },
  {
    id: 'run-takes-what-is-under-way-for-booked',
    rule: 'R34 I23 F28',
    file: 'domain/variance.ts',
    find: 'return found === undefined ? null : found.mark === null || found.mark > mark;',
    replace: 'return false;',
    caughtBy: RUNS,
  },
  {
    id: 'run-asks-by-key-before-it-reads',
    rule: 'R34 I23 F28',
    file: 'domain/variance.ts',
    find: 'if (sequence > told.through) return true;',
    replace: 'if (sequence > told.through) return false;',
    caughtBy: RUNS,
  },
  {
    id: 'unsteady-number-believed',
    rule: 'R35 I13 I23',
    file: 'domain/variance.ts',
    find: 'return books.stoodStill(source, place, holds.standing) ? books.notInErp(place, Infinity) : null;',
    replace: 'return books.notInErp(place, Infinity);',
    caughtBy: RUNS,
  },
  {
    id: 'correction-leaves-the-base',
    rule: 'R36 I13',
    file: 'domain/reconcile.ts',
    find: 'const base: Base | null = mark === null ? null : { meaning, mark };',
    replace: 'const base: Base | null = mark === null || mark > 0 ? null : { meaning, mark };',
    caughtBy: RUNS,
  },
  {
    id: 'approval-books-what-the-case-said',
    rule: 'R36c I13',
    file: 'domain/reconcile.ts',
    find: 'if (found.variance !== one.variance) return',
    replace: 'if (found.variance === 0 && one.variance === 0) return',
    caughtBy: RUNS,
  },
];
