import { ERP_CONNECTION } from '../erp/connection.ts';
import { bookDeclared } from '../replay/book-kept.ts';
import { auditItems, type AuditItemsDeps } from './audit-items.ts';
import { followErp, type FollowErpDeps } from './follow-erp.ts';
import { wakeImports, type RunImportsDeps } from './run-imports.ts';
import { tendChannels, type PushChannelsDeps } from './push-channels.ts';
import { runJob, type Log } from './run-job.ts';
import { tidyErp, type TidyErpDeps } from './tidy-erp.ts';
import { tendRuns, type TendRunsDeps } from './tend-runs.ts';
import { trimOldAnswers } from './trim-answers.ts';
import { trimOldImports } from './trim-imports.ts';
import { trimOldOrders } from './trim-orders.ts';
import { trimOldWebhookIds } from './trim-webhook-ids.ts';
import { turnTables } from './turn-tables.ts';
import { wakeWaiting, type WakeWaitingDeps } from './wake-waiting.ts';
import { wakeWebhooks, type WakeWebhooksDeps } from './wake-webhooks.ts';
import { watchConnection, type WatchConnectionDeps } from './watch-connection.ts';

export type ScheduleDeps = Omit<FollowErpDeps & WatchConnectionDeps, 'source'> &
  TidyErpDeps &
  TendRunsDeps &
  WakeWaitingDeps &
  AuditItemsDeps &
  WakeWebhooksDeps &
  PushChannelsDeps &
  Pick<RunImportsDeps, 'imports' | 'files' | 'sendStep'> & { readonly log: Log };

/** What the clock starts. */
export async function runSchedule(deps: ScheduleDeps): Promise<void> {
  const { log } = deps;
  const ended = await Promise.allSettled([
    followAndWatch(deps),
    runJob('book-declared', log, async () => ({ ...(await bookDeclared({ ...deps, source: ERP_CONNECTION })) })),
    runJob('turn-tables', log, () => turnTables(deps)),
    runJob('tend-reconciliations', log, () => tendRuns(deps)),
    runJob('trim-orders', log, () => trimOldOrders(deps)),
    runJob('wake-imports', log, () => wakeImports(deps)),
    runJob('trim-imports', log, () => trimOldImports(deps)),
    runJob('trim-webhook-ids', log, () => trimOldWebhookIds(deps)),
    runJob('tidy-erp', log, () => tidyErp(deps)),
    runJob('wake-waiting', log, () => wakeWaiting(deps)),
    runJob('wake-webhooks', log, () => wakeWebhooks(deps)),
    runJob('audit-items', log, () => auditItems(deps)),
    runJob('tend-channels', log, async () => ({ channels: await tendChannels(deps) })),
    runJob('trim-answers', log, () => trimOldAnswers(deps)),
  ]);
  // None waits for another, and a failure of one is the runtime's to report.
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** How the connection is, is asked when the feed has been followed, whatever came of that. */
async function followAndWatch(deps: ScheduleDeps): Promise<void> {
  const { log } = deps;
  try {
    await runJob('follow-erp', log, () => followErp({ ...deps, source: ERP_CONNECTION }));
  } finally {
    await runJob('watch-connection', log, () => watchConnection({ ...deps, source: ERP_CONNECTION }));
  }
}
