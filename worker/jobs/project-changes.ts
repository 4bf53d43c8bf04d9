import { changeMessage } from '../../contracts/messages.ts';
import type { Sku } from '../../domain/ids.ts';
import type { ChangeMessage, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { Directories } from '../catalogue/directory.ts';
import { putNewer } from '../read-models/availability.ts';
import { caseRowOf, putObjectCases, type CaseRow } from '../read-models/cases.ts';
import { putObjectEvents } from '../read-models/events.ts';
import { putOrders } from '../read-models/orders.ts';
import { RETRY_MESSAGE_SECONDS } from './limits.ts';
import type { JobReport } from './run-job.ts';
import { whoWasNotTold } from './who-was-not-told.ts';

export interface ProjectChangesDeps {
  readonly db: D1Database;
  readonly directories: Pick<Directories, 'current'>;
  readonly nowMs: () => number;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'published'>;
  /** Wakes those who tell channels, of which some may show something else since then; absent: nobody does. */
  readonly wakeChanged?: (sinceMs: number) => Promise<void>;
}

/** Queue `stock-changes`: what the objects know goes to the read models, and the objects hear that it is there. */
export async function projectChanges(
  batch: MessageBatch,
  { db, directories, stockOf, nowMs, wakeChanged }: ProjectChangesDeps,
): Promise<JobReport> {
  const read = batch.messages.map((message) => ({ message, change: changeMessage.safeParse(message.body) }));
  const changes = read.flatMap(({ change }) => (change.success ? [change.data] : []));
  const newest = newestPerSku(changes);

  const { network } = await directories.current();
  const beganMs = nowMs();
  const statements = [
    // Whatever an older message of a SKU lists and nobody acknowledged is in its newest one too.
    ...putObjectEvents(db, newest, network, nowMs()),
    ...putNewer(db, newest, network),
    ...putObjectCases(db, newestCases(changes)),
    ...putOrders(
      db,
      changes.flatMap(({ orders }) => orders),
    ),
  ];
  if (statements.length > 0) await db.batch(statements);
  // The clock wakes them too, so what is projected does not wait for that.
  if (newest.length > 0) await wakeChanged?.(beganMs).catch(() => undefined);

  // An object that cannot be told sends its change again, so its message need not come back.
  const untold = await whoWasNotTold(newest, async ({ sku, snapshot: { sequence, asOfMs } }) =>
    stockOf(sku).published({ sequence, asOfMs }),
  );
  for (const { message, change } of read) {
    // What cannot be read today may be written by a newer version of us; at last it becomes a dead letter.
    if (change.success) message.ack();
    else message.retry({ delaySeconds: RETRY_MESSAGE_SECONDS });
  }
  return {
    messages: read.length,
    projected: newest.length,
    unreadable: read.length - changes.length,
    untold: untold.size,
  };
}

/** The last word of each SKU by (sequence, as_of), whatever order the queue delivered them in (R39). */
function newestPerSku(changes: readonly ChangeMessage[]): readonly ChangeMessage[] {
  const newest = new Map<Sku, ChangeMessage>();
  for (const change of changes) {
    const known = newest.get(change.sku);
    if (known === undefined || isNewer(change, known)) newest.set(change.sku, change);
  }
  return [...newest.values()];
}

function isNewer({ snapshot: a }: ChangeMessage, { snapshot: b }: ChangeMessage): boolean {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.asOfMs >= b.asOfMs);
}

/** A case that closed in an earlier message is no longer in a later one, so every message counts here. */
function newestCases(changes: readonly ChangeMessage[]): readonly CaseRow[] {
  const rows = new Map<string, CaseRow>();
  for (const { sku, snapshot, cases } of changes) {
    for (const row of cases.map((changed) => caseRowOf(sku, changed, snapshot.sequence))) {
      const known = rows.get(row.id);
      if (known === undefined || (known.state === 'open' && (row.state === 'resolved' || row.sequence >= known.sequence)))
        rows.set(row.id, row);
    }
  }
  return [...rows.values()];
}
