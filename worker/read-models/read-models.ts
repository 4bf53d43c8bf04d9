import { drizzle } from 'drizzle-orm/d1';
import { OBJECTS_AT_ONCE_MAX, PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { compareText } from '../../domain/network.ts';
import type { SkuStockStub, WaitingPosting } from '../../durable-objects/sku-stock/protocol.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { watchOf } from '../connection/watches.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { lastRoundOf } from '../proof/rounds.ts';
import { approveDrift, type ApproveParts } from '../reconciliation/approve-drift.ts';
import { lastRunOf } from '../reconciliation/last-run.ts';
import { driftCasesOf } from '../reconciliation/drift-cases.ts';
import type { CaseDeps } from '../routes/cases.ts';
import type { EventDeps } from '../routes/events.ts';
import type { MetricsDeps } from '../routes/metrics.ts';
import type { TraceDeps } from '../routes/trace.ts';
import type { RecentSkus } from '../stock/recent-skus.ts';
import { skusThatWait } from './availability.ts';
import { caseOf, changeCase, closeCase, listCases, putCasesOf } from './cases.ts';
import { eventPage } from './event-pages.ts';
import { totalsOf } from './metrics.ts';
import { deliveriesAfter, deliveriesAt } from './posting-log.ts';
import type { WaitingAsked } from './posting-pages.ts';
import { deliveriesOfTrace } from './postings-of-trace.ts';

export type ReadModels = Pick<TraceDeps, 'postings' | 'loggedOfTrace'> &
  Pick<CaseDeps, 'cases'> &
  Pick<EventDeps, 'events'> &
  Pick<MetricsDeps, 'totals' | 'watched' | 'reconciled' | 'auditedLast'>;

/** What the routes of operators read, over one database and the objects. */
export function readModelsIn(
  db: D1Database,
  stockOf: (sku: Sku) => Pick<SkuStockStub, 'waiting' | 'explain'>,
  recent: RecentSkus,
  audit: AuditLog,
  now: () => number,
  reconciliation: ApproveParts,
): ReadModels {
  const waiting = async (asked: readonly WaitingAsked[]): Promise<readonly (readonly WaitingPosting[])[]> =>
    valuesOf(
      await inParallel(asked, OBJECTS_AT_ONCE_MAX, async ({ sku, after, limit }) => stockOf(sku).waiting({ after, limit })),
    );
  return {
    postings: {
      logged: (asked) => deliveriesAfter(db, asked),
      loggedAt: (positions) => deliveriesAt(db, positions),
      skusThatWait: async (from, limit) => {
        const projected = await skusThatWait(db, from, limit);
        const unprojected = recent.since(now()).filter((sku) => from === null || compareText(sku, from) >= 0);
        return [...new Set([...projected, ...unprojected])].sort(compareText).slice(0, limit);
      },
      waiting,
    },
    loggedOfTrace: (correlationId, sku) => deliveriesOfTrace(db, { correlationId, sku, limit: PAGE_ITEMS_MAX }),
    cases: {
      list: (filter) => listCases(db, filter),
      bringUpToDate: async (sku) => {
        const explained = await stockOf(sku).explain({ channel: null, after: null, limit: 1 });
        if (explained !== null) await db.batch(putCasesOf(db, explained));
      },
      find: (id) => caseOf(db, id),
      change: (id, change, by) => changeCase(drizzle(db), audit, by, id, change),
      proposals: (rows) =>
        driftCasesOf(
          db,
          rows.filter(({ kind }) => kind === 'drift').map(({ id }) => id),
        ),
      approve: (id, correlationId) => approveDrift(id, reconciliation, correlationId),
      close: (closed, by) => closeCase(drizzle(db), audit, by, { ...closed, nowMs: now() }),
    },
    events: (asked) => eventPage(db, asked),
    totals: () => totalsOf(db),
    watched: () => watchOf(db, ERP_CONNECTION),
    reconciled: () => lastRunOf(db, ERP_CONNECTION),
    auditedLast: () => lastRoundOf(db),
  };
}
