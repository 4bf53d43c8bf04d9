import type { Bug } from '../bug.ts';
import { RUNS } from '../checks.ts';

/** What compares our books with the ERP's while both move, and lets people book what is left. */
export const COMPARING: readonly Bug[] = [
  {
    id: 'run-does-not-wait-for-the-feed',
    rule: 'R36 I23 F29',
    file: 'worker/reconciliation/read-steadily.ts',
    find: 'if (!(await followFeed(unmarked ? null : markMax))) return null;',
    replace: ';',
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
    id: 'correction-leaves-the-base',
    rule: 'R36 I13',
    file: 'domain/reconcile.ts',
    find: 'const base: Base | null = mark === null ? null : { meaning, mark };',
    replace: 'const base: Base | null = mark === null || mark > 0 ? null : { meaning, mark };',
    caughtBy: RUNS,
  },
  {
    id: 'deleted-document-taken-for-drift',
    rule: 'R36b I23',
    file: 'domain/reconciliation.ts',
    find: 'for (const explain of [missing, late, doubled, elsewhere]) {',
    replace: 'for (const explain of [late, doubled, elsewhere]) {',
    caughtBy: RUNS,
  },
];
