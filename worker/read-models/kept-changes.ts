import { drizzle } from 'drizzle-orm/d1';
import { sql } from 'drizzle-orm';
import type { SourceId } from '../../domain/ids.ts';
import type { ErpChange } from '../../erp/port.ts';
import { KEPT_CHANGES_MAX, KEPT_PAGE_MAX } from '../replay/limits.ts';
import { tellClosed } from './cases.ts';
import { jsonPages } from './json-pages.ts';
import { cases } from './schema.ts';

export interface KeptChange {
  readonly change: ErpChange;
  readonly caseId: string;
  readonly reason: string;
}

/** Keeps changes under their cases; one that was kept before stays where it is, for the newest reason. */
export function keepChanges(
  db: D1Database,
  source: SourceId,
  kept: readonly KeptChange[],
  keptAtMs: number,
): readonly D1PreparedStatement[] {
  const rows = kept.map(({ change, caseId, reason }) => ({ key: change.key, caseId, reason, body: change }));
  return jsonPages(rows).map((page) => db.prepare(KEEP).bind(page, source, keptAtMs, KEPT_CHANGES_MAX));
}

/** Whether there is room for no more. */
export async function keepsTooMany(db: D1Database): Promise<boolean> {
  return ((await db.prepare('SELECT count(*) AS kept FROM kept_change').first<number>('kept')) ?? 0) >= KEPT_CHANGES_MAX;
}

export interface KeptAt {
  readonly mark: number;
  readonly key: string;
}

/** What is kept under a case, in the order in which the ERP booked it. */
export async function keptUnder(
  db: D1Database,
  caseId: string,
  after: KeptAt | null,
): Promise<readonly (KeptAt & { readonly change: ErpChange })[]> {
  const { results } = await db
    .prepare(
      `SELECT key, coalesce(body->>'mark', 0) AS mark, body FROM kept_change
       WHERE case_id = ?1 AND (coalesce(body->>'mark', 0), key) > (?2, ?3) ORDER BY 2, 1 LIMIT ?4`,
    )
    .bind(caseId, after?.mark ?? -1, after?.key ?? '', KEPT_PAGE_MAX)
    .all<KeptAt & { readonly body: string }>();
  // What stands there is what an adapter told us, written by us.
  return results.map(({ key, mark, body }) => ({ key, mark, change: JSON.parse(body) as ErpChange }));
}

export async function forgetKept(db: D1Database, source: SourceId, keys: readonly string[]): Promise<void> {
  await db
    .prepare('DELETE FROM kept_change WHERE source = ?1 AND key IN (SELECT value FROM json_each(?2))')
    .bind(source, JSON.stringify(keys))
    .run();
}

export async function keptCount(db: D1Database, caseId: string): Promise<number> {
  return (await db.prepare('SELECT count(*) AS kept FROM kept_change WHERE case_id = ?').bind(caseId).first<number>('kept')) ?? 0;
}

/** The cases of unknown codes under which something is kept. */
export async function codeCasesWithKept(db: D1Database, limit: number): Promise<readonly string[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT case_id AS id FROM kept_change WHERE case_id GLOB 'code_unknown~*' LIMIT ?")
    .bind(limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** What the case was about is mended, and nobody had to say so. */
export async function closeMended(database: D1Database, id: string, reason: string, nowMs: number): Promise<void> {
  const db = drizzle(database);
  await db.batch([
    db
      .update(cases)
      .set({ state: 'resolved', reason, closedAtMs: nowMs })
      .where(sql`id = ${id} AND state = 'open'`),
    tellClosed(db, id, nowMs),
  ]);
}

const KEEP = `
  INSERT INTO kept_change (source, key, case_id, reason, body, kept_at_ms)
  SELECT ?2, value->>'key', value->>'caseId', value->>'reason', value->'body', ?3 FROM json_each(?1)
  WHERE (SELECT count(*) FROM kept_change) < ?4
  ON CONFLICT (source, key) DO UPDATE SET case_id = excluded.case_id, reason = excluded.reason`;
