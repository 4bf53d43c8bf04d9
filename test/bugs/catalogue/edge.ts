import type { Bug } from '../bug.ts';
import { inRuntime, stories } from '../checks.ts';

/** What reaches readers and what comes in at the door. */
export const EDGE: readonly Bug[] = [
  {
    id: 'served-beyond-the-deadline',
    rule: 'R39 I21 F22',
    file: 'durable-objects/sku-stock/sku-stock.ts',
    find: 'const shownMs = Math.max(0, Math.min(byDemandMs, untilMs - asOfMs));',
    replace: 'const shownMs = untilMs < 0 ? 0 : byDemandMs;',
    caughtBy: inRuntime('test/workerd/confidence.test.ts'),
  },
  {
    id: 'shown-however-scarce',
    rule: 'R90',
    file: 'domain/freshness.ts',
    find: 'return left === 0 || perSecond === 0 ? Infinity',
    replace: 'return left >= 0 || perSecond === 0 ? Infinity',
    caughtBy: stories('domain/freshness.test.ts'),
  },
  {
    id: 'hint-for-who-was-granted',
    rule: 'R91 R5',
    file: 'worker/stock/sold-out-hints.ts',
    find: 'const seen = !hints || insists || wasSent ? null',
    replace: 'const seen = !hints || insists ? null',
    caughtBy: stories('worker/stock/sold-out-hints.test.ts'),
  },
  {
    id: 'hint-where-more-may-wait',
    rule: 'R91 I8',
    file: 'domain/sold-out.ts',
    find: 'return offered.availableToSell === 0 ||',
    replace: 'return offered.firm === 0 ||',
    caughtBy: stories('worker/stock/sold-out-hints.test.ts'),
  },
  {
    id: 'age-begins-with-the-answer',
    rule: 'R39 I21',
    file: 'worker/cache/snapshots.ts',
    find: 'const seen = { snapshot, askedAtMs };',
    replace: 'const seen = { snapshot, askedAtMs: Math.max(askedAtMs, now()) };',
    caughtBy: stories('worker/cache/snapshots.test.ts'),
  },
  {
    id: 'older-copy-after-a-newer-number',
    rule: 'R39 R90',
    file: 'worker/cache/snapshots.ts',
    find: 'if (known === null || isNewer(kept, known)) {',
    replace: 'if (known === null || isNewer(kept, kept)) {',
    caughtBy: stories('worker/cache/snapshots.test.ts'),
  },
  {
    id: 'cursor-skips-a-row',
    rule: 'R32',
    file: 'worker/read-models/posting-pages.ts',
    find: 'all.filter((item) => byPosition(item, until) <= 0)',
    replace: 'all.filter((item) => byPosition(item, until) < 0)',
    caughtBy: stories('worker/read-models/posting-pages.test.ts'),
  },
  {
    id: 'formula-with-at',
    rule: 'I24 F39',
    file: 'worker/replies/csv-row.ts',
    find: '/^[=+\\-@\\t\\r\\uff1d\\uff0b\\uff0d\\uff20]/',
    replace: '/^[=+\\-\\t\\r\\uff1d\\uff0b\\uff0d\\uff20]/',
    caughtBy: stories('worker/replies/csv-row.test.ts'),
  },
  {
    id: 'webhook-from-the-future',
    rule: 'R60 F40',
    file: 'worker/inbound/verify-signature.ts',
    find: 'if (Math.abs(Math.floor(nowMs / 1_000) - seconds) > WEBHOOK_TOLERANCE_SECONDS)',
    replace: 'if (Math.floor(nowMs / 1_000) - seconds > WEBHOOK_TOLERANCE_SECONDS)',
    caughtBy: stories('worker/routes/inbound.test.ts'),
  },
];
