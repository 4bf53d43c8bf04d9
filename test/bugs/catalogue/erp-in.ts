import type { Bug } from '../bug.ts';
import { inRuntime, LEDGER, SIMULATION, stories } from '../checks.ts';

/** What the ERP, warehouses and tills tell: booked once, and compared with what it can hold. */
export const ERP_IN: readonly Bug[] = [
  {
    id: 'no-event-dedupe',
    rule: 'R34 I9 I13 F27',
    file: 'durable-objects/sku-stock/commands.ts',
    find: 'if (known !== null) {\n      this.#publication.add({ duplicates: 1 });',
    replace: 'if (known === -1) {\n      this.#publication.add({ duplicates: 1 });',
    caughtBy: SIMULATION,
  },
  {
    id: 'stale-snapshot-applied',
    rule: 'R34 I13 F28',
    file: 'domain/count.ts',
    find: "'mark' in base && mark <= base.mark) || mark < books.oldestMark;",
    replace: "'mark' in base && mark < 0) || mark < books.oldestMark;",
    caughtBy: LEDGER,
  },
  {
    id: 'snapshot-forgets-later-deltas',
    rule: 'R34 I13 F28',
    file: 'domain/variance.ts',
    find: '[...own, ...books.beyond(source, place, holds.mark)];',
    replace: '[...own];',
    caughtBy: LEDGER,
  },
  {
    id: 'snapshot-ignores-in-flight',
    rule: 'R34 I13 F28',
    file: 'domain/variance.ts',
    find: 'return own === null ? null : [...own,',
    replace: 'return [...(own ?? []),',
    caughtBy: LEDGER,
  },
  {
    id: 'late-delta-booked-again',
    rule: 'R34 I13 F27',
    file: 'domain/late.ts',
    find: 'mark !== null && mark <= base.mark :',
    replace: 'mark !== null && mark < base.mark :',
    caughtBy: LEDGER,
  },
  {
    id: 'sold-fact-settles-nothing',
    rule: 'R30b I13',
    file: 'domain/move.ts',
    find: 'const { events, left } = leaves ?',
    replace: "const { events, left } = leaves && move.kind !== 'shipped' ?",
    caughtBy: LEDGER,
  },
  {
    id: 'fall-of-the-mark-ignored',
    rule: 'R36 F17',
    file: 'worker/reconciliation/restored.ts',
    find: 'const fell = run.skus === null &&',
    replace: 'const fell = run.skus?.length === 0 &&',
    caughtBy: stories('worker/reconciliation/drifts.test.ts'),
  },
  {
    id: 'one-reading-is-enough',
    rule: 'R36 I23 F29',
    file: 'worker/reconciliation/check-again.ts',
    find: 'agreed: agrees(one, before.get(one.sku) ?? []) }));',
    replace: 'agreed: true }));',
    caughtBy: stories('worker/reconciliation/reconcile.test.ts'),
  },
  {
    id: 'order-known-by-id-only',
    rule: 'R30c I9',
    file: 'worker/orders/order-registry.ts',
    find: 'const row = ofId.get(key(order.source, order.id)) ?? ofRef.get(key(order.source, order.orderRef));',
    replace: 'const row = ofId.get(key(order.source, order.id)) ?? ofRef.get(key(order.source, order.id));',
    caughtBy: stories('worker/routes/orders.test.ts'),
  },
  {
    id: 'cursor-moves-before-the-page',
    rule: 'R34 I13 F27',
    file: 'worker/jobs/follow-erp.ts',
    find: 'const applied = await applyChanges(page.items, deps);',
    replace:
      'await moveFeedCursor(db, { source, from: cursor, to: page.nextCursor, nowMs: nowMs() });\n    const applied = await applyChanges(page.items, deps);',
    caughtBy: inRuntime('test/workerd/follow-erp.test.ts'),
  },
];
