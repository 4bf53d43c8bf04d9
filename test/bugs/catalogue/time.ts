import type { Bug } from '../bug.ts';
import { IN_OBJECT, MODEL, stories } from '../checks.ts';

/** Deadlines, clocks and windows. */
export const TIME: readonly Bug[] = [
  {
    id: 'deadline-inclusive',
    rule: 'R10 I17 F20',
    file: 'domain/lapse.ts',
    find: 'due !== null && due.atMs <= nowMs;',
    replace: 'due !== null && due.atMs < nowMs;',
    caughtBy: stories('domain/lapse.test.ts'),
  },
  {
    id: 'lapse-only-by-alarm',
    rule: 'R12 I2 F19',
    file: 'domain/turn.ts',
    find: 'const lapsed = lapse(stock, context.nowMs);',
    replace: 'const lapsed: readonly Event[] = [];',
    caughtBy: MODEL,
  },
  {
    id: 'commit-after-lapse',
    rule: 'R18 I5',
    file: 'domain/change-reservation.ts',
    find: "if (command.type === 'commit' ? !command.reacquire : sourced?.anew === false)",
    replace: "if (command.type === 'commit' ? false : sourced?.anew === false)",
    caughtBy: MODEL,
  },
  {
    id: 'clock-goes-back',
    rule: 'R11 I17 F18',
    file: 'durable-objects/sku-stock/commands.ts',
    find: 'return Math.max(Date.now(), stock.lastNowMs);',
    replace: 'return Date.now();',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'quota-window-one-longer',
    rule: 'R27',
    file: 'domain/quotas.ts',
    find: '(endsAtMs === null || atMs < endsAtMs)',
    replace: '(endsAtMs === null || atMs <= endsAtMs)',
    caughtBy: stories('domain/quotas.test.ts'),
  },
  {
    id: 'extend-shortens',
    rule: 'R13',
    file: 'domain/change-reservation.ts',
    find: 'return asked > term.expiresAtMs ? accept(',
    replace: 'return asked !== term.expiresAtMs ? accept(',
    caughtBy: MODEL,
  },
];
