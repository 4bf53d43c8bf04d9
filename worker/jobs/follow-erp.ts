import type { SourceId } from '../../domain/ids.ts';
import { ErpUnavailable, type ErpChangePage, type ErpPort } from '../../erp/port.ts';
import { noteFeedRead } from '../connection/watches.ts';
import { feedCursorOf, moveFeedCursor } from '../read-models/feed-cursor.ts';
import { applyChanges, type ApplyChangesDeps } from './apply-changes.ts';
import { ERP_CALL_MS_MAX, FEED_PAGES_MAX, FEED_RUN_MS_MAX } from './limits.ts';
import type { JobReport } from './run-job.ts';

export interface FollowErpDeps extends ApplyChangesDeps {
  readonly erp: Pick<ErpPort, 'changes'>;
  /** Under which name the ERP states its facts; its books are its own. */
  readonly source: SourceId;
  /** Far enough for whoever asks: an ERP in which much is booked has no end to its feed. Absent: to the end. */
  readonly untilMark?: number;
}

/**
 * Scheduled: what was booked in the ERP since the last run, page by page. The cursor moves only after a page was
 * applied, and a page that is applied twice changes nothing; so runs may overlap, and die anywhere.
 */
export async function followErp(deps: FollowErpDeps): Promise<JobReport> {
  const { db, erp, source, nowMs, untilMark = Infinity } = deps;
  const endsAtMs = nowMs() + FEED_RUN_MS_MAX;
  const done = { pages: 0, changes: 0, acknowledged: 0, booked: 0, cases: 0 };
  let cursor = await feedCursorOf(db, source);
  let newestMs: number | null = null;

  while (done.pages < FEED_PAGES_MAX && nowMs() < endsAtMs) {
    const page = await changesAfter(erp, cursor);
    if (page instanceof ErpUnavailable) return { ...done, cursor, unavailable: page.message };
    const applied = await applyChanges(page.items, deps);
    done.pages += 1;
    done.changes += page.items.length;
    done.acknowledged += applied.acknowledged;
    done.booked += applied.booked;
    done.cases += applied.cases;
    if (page.nextCursor === cursor) {
      await noteFeedRead(db, source, { endAtMs: nowMs() });
      return { ...done, cursor, ended: true };
    }
    newestMs = Math.max(newestMs ?? 0, ...page.items.map(({ occurredAtMs }) => occurredAtMs));
    if (!(await moveFeedCursor(db, { source, from: cursor, to: page.nextCursor, nowMs: nowMs() }))) {
      // Somebody else was faster. Whoever waits for the end still has to get there, from where they are.
      cursor = await feedCursorOf(db, source);
      continue;
    }
    cursor = page.nextCursor;
    if (page.atEnd === true) {
      await noteFeedRead(db, source, { endAtMs: nowMs() });
      return { ...done, cursor, ended: true };
    }
    if (page.items.some(({ mark }) => mark !== null && mark >= untilMark)) {
      await noteFeedRead(db, source, { newestMs });
      return { ...done, cursor, ended: true };
    }
  }
  if (newestMs !== null) await noteFeedRead(db, source, { newestMs });
  return { ...done, cursor };
}

async function changesAfter(erp: Pick<ErpPort, 'changes'>, cursor: string | null): Promise<ErpChangePage | ErpUnavailable> {
  try {
    return await erp.changes(cursor, AbortSignal.timeout(ERP_CALL_MS_MAX));
  } catch (error) {
    if (error instanceof ErpUnavailable) return error;
    throw error;
  }
}
