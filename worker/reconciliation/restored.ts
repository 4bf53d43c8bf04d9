import type { SourceId } from '../../domain/ids.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { NEW_CASE, openCases } from '../read-models/cases.ts';
import { POSTINGS } from '../read-models/posting-tables.ts';
import { LOST_KEYS_OF_RESTORE } from './limits.ts';
import type { Run } from './runs.ts';

function restoredCaseId(connection: SourceId): string {
  return readModelCaseId('erp_restored', connection);
}

/**
 * An ERP that came back from a backup has forgotten what we told it since, and its number would have us forget it too. Its
 * marks fell, or it lacks our newest postings and has none of them. null: nothing speaks for that. Else nothing is booked,
 * and one case says what to send again; that stays so until somebody resolves it.
 */
export async function restoredNow(run: Run, db: D1Database, nowMs: number): Promise<readonly D1PreparedStatement[] | null> {
  const id = restoredCaseId(run.connection);
  const hold = db
    .prepare("UPDATE reconciliation_line SET outcome = 'held' WHERE run = ? AND outcome = 'open' AND class IS NOT NULL")
    .bind(run.id);
  if (await isRestored(db, run.connection)) return [hold];

  const seen = await db
    .prepare('SELECT mark_max AS markMax FROM erp_watch WHERE connection = ?')
    .bind(run.connection)
    .first<{ markMax: number }>();
  const fell = run.skus === null && run.markMax !== null && seen !== null && run.markMax < seen.markMax;
  const lost = await lostIn(run, db);
  if (!fell && !(lost.keys >= LOST_KEYS_OF_RESTORE && lost.scattered === 0)) return null;

  const why = fell
    ? `Its newest mark is ${run.markMax}, and was ${seen.markMax}.`
    : `It lacks our newest ${lost.keys} postings of ${lost.items} items.`;
  const range = await rangeToPost(db, fell ? run.markMax : null);
  const proposal = `The ERP seems restored from a backup. ${why} Nothing is corrected until this is resolved. ${range} Then resolve this case, and let a run look at what is left.`;
  const row = { ...NEW_CASE, id, kind: 'erp_restored', proposal, difference: lost.keys, openedAtMs: nowMs, sequence: nowMs };
  const say = db.prepare("UPDATE cases SET proposal = ?2 WHERE id = ?1 AND state = 'open'").bind(id, proposal);
  const forget = db.prepare('DELETE FROM erp_watch WHERE connection = ?').bind(run.connection);
  return [hold, ...openCases(db, [row]), say, forget];
}

/** Somebody has to say that it is as it was. */
export async function isRestored(db: D1Database, connection: SourceId): Promise<boolean> {
  const id = restoredCaseId(connection);
  return (await db.prepare("SELECT 1 FROM cases WHERE id = ? AND state = 'open'").bind(id).first()) !== null;
}

async function lostIn(
  run: Run,
  db: D1Database,
): Promise<{ readonly keys: number; readonly items: number; readonly scattered: number }> {
  const sums = await db
    .prepare(
      `SELECT coalesce(sum(tail), 0) AS keys, count(*) AS items, count(*) FILTER (WHERE tail = 0) AS scattered
       FROM (SELECT max(lost_tail) AS tail FROM reconciliation_line WHERE run = ? AND class = 'missing_post' GROUP BY sku)`,
    )
    .bind(run.id)
    .first<{ keys: number; items: number; scattered: number }>();
  return sums ?? { keys: 0, items: 0, scattered: 0 };
}

/** What was confirmed beyond the mark to which the ERP fell, in words that an operator may act on. */
async function rangeToPost(db: D1Database, mark: number | null): Promise<string> {
  if (mark === null) return 'Post again, under the same keys, what was posted since the backup.';
  const range = await db
    .prepare(
      `SELECT count(*) AS postings, count(DISTINCT sku) AS items, min(posted_at_ms) AS sinceMs FROM ${POSTINGS} WHERE state = 'posted' AND mark > ?`,
    )
    .bind(mark)
    .first<{ postings: number; items: number; sinceMs: number | null }>();
  const since =
    range?.sinceMs === null || range?.sinceMs === undefined ? '' : `, posted since ${new Date(range.sinceMs).toISOString()}`;
  return `Post again, under the same keys, what was confirmed beyond mark ${mark}: ${range?.postings ?? 0} postings of ${range?.items ?? 0} items${since}.`;
}
