import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { SourceId } from '../../domain/ids.ts';
import type { AuditedChange, AuditLog, By } from '../audit/audit-log.ts';
import { CLOCKS_DIFFER_MS_MAX } from './limits.ts';
import { reconciliation } from './schema.ts';

export type Run = Readonly<typeof reconciliation.$inferSelect>;
export type NewRun = Pick<Run, 'id' | 'connection' | 'skus' | 'against' | 'askedBy' | 'correlationId'>;

/** null: it has begun. Else the id of the run of this connection that is under way. */
export async function beginRun(db: D1Database, run: NewRun, nowMs: number, audit: Audited | null): Promise<string | null> {
  const row: Run = {
    ...run,
    state: 'running',
    phase: run.against.includes(run.connection) ? 'reading' : 'views',
    cursor: null,
    step: 0,
    items: 0,
    places: 0,
    markMax: null,
    error: null,
    createdAtMs: nowMs,
    advancedAtMs: nowMs,
    leaseUntilMs: 0,
    endedAtMs: null,
  };
  const insert = drizzle(db).insert(reconciliation).values(row).onConflictDoNothing().returning({ id: reconciliation.id });
  const begun = audit === null ? await insert : await audit.log.write(audit.by, begunAs(run.id), insert);
  if (begun.length > 0) return null;
  const [other] = await runsUnderWay(db, run.connection);
  // It ended between these two statements, so this one may begin.
  return other === undefined ? beginRun(db, run, nowMs, audit) : other.id;
}

/** Somebody asked for it, and that is written down. */
export interface Audited {
  readonly log: AuditLog;
  readonly by: By;
}

function begunAs(id: string): AuditedChange {
  const { skus, against } = reconciliation;
  const state = sql`(SELECT json_object('skus', json(${skus}), 'against', json(${against})) FROM ${reconciliation} WHERE id = ${id})`;
  return { action: 'create', target: `reconciliation:${id}`, state, version: sql`NULL` };
}

export async function runsUnderWay(db: D1Database, connection: SourceId): Promise<readonly Run[]> {
  return drizzle(db)
    .select()
    .from(reconciliation)
    .where(and(eq(reconciliation.connection, connection), sql`ended_at_ms IS NULL`));
}

export async function runOf(db: D1Database, id: string): Promise<Run | null> {
  const [run] = await drizzle(db).select().from(reconciliation).where(eq(reconciliation.id, id)).limit(1);
  return run ?? null;
}

/** Newest first. */
export async function listRuns(
  db: D1Database,
  { before, limit }: { readonly before: { readonly createdAtMs: number; readonly id: string } | null; readonly limit: number },
): Promise<readonly Run[]> {
  const older = before === null ? undefined : sql`(created_at_ms, id) < (${before.createdAtMs}, ${before.id})`;
  const { createdAtMs, id } = reconciliation;
  return drizzle(db).select().from(reconciliation).where(older).orderBy(desc(createdAtMs), desc(id)).limit(limit);
}

/** The run for whoever may work at it until then; null where somebody else does, or it has ended. */
export async function leaseRun(db: D1Database, id: string, nowMs: number, untilMs: number): Promise<Run | null> {
  const [run] = await drizzle(db)
    .update(reconciliation)
    .set({ leaseUntilMs: untilMs })
    .where(and(eq(reconciliation.id, id), lt(reconciliation.leaseUntilMs, nowMs), sql`ended_at_ms IS NULL`))
    .returning();
  return run ?? null;
}

/**
 * `why` it cannot go on before `againAtMs`; null: it can. Until then the run stays whoever's it was, whose message is on its way:
 * another message that comes sooner ends there, so they never become more.
 */
export async function endLease(
  db: D1Database,
  { id, leaseUntilMs }: Run,
  { why, againAtMs }: { readonly why: string | null; readonly againAtMs: number },
): Promise<void> {
  await drizzle(db)
    .update(reconciliation)
    .set({ leaseUntilMs: againAtMs - CLOCKS_DIFFER_MS_MAX, error: why })
    .where(and(eq(reconciliation.id, id), eq(reconciliation.leaseUntilMs, leaseUntilMs)));
}

/** Nobody could take a step of these for so long that nobody will. */
export async function giveUpRuns(db: D1Database, connection: SourceId, advancedBeforeMs: number, nowMs: number): Promise<void> {
  await drizzle(db)
    .update(reconciliation)
    .set({ state: 'failed', endedAtMs: nowMs })
    .where(
      and(eq(reconciliation.connection, connection), sql`ended_at_ms IS NULL`, lt(reconciliation.advancedAtMs, advancedBeforeMs)),
    );
}

/** Whether the clock began one since. */
export async function beganByClock(db: D1Database, connection: SourceId, sinceMs: number): Promise<boolean> {
  const found = await db
    .prepare('SELECT 1 FROM reconciliation WHERE connection = ? AND asked_by IS NULL AND created_at_ms >= ? LIMIT 1')
    .bind(connection, sinceMs)
    .first();
  return found !== null;
}

/** Forgets the oldest runs with their lines. */
export async function trimRuns(db: D1Database, createdBeforeMs: number, max: number): Promise<number> {
  const old =
    'SELECT id FROM reconciliation WHERE ended_at_ms IS NOT NULL AND created_at_ms < ?1 ORDER BY created_at_ms LIMIT ?2';
  const found = (await db.prepare(old).bind(createdBeforeMs, max).all<{ id: string }>()).results.map(({ id }) => id);
  if (found.length === 0) return 0;
  const ids = JSON.stringify(found);
  await db.batch(
    ['reconciliation_line WHERE run', 'reconciliation_page WHERE run', 'reconciliation WHERE id'].map((where) =>
      db.prepare(`DELETE FROM ${where} IN (SELECT value FROM json_each(?))`).bind(ids),
    ),
  );
  return found.length;
}

/** What a step brings: it stands together with its rows, and only where nobody else took that step meanwhile. */
export type Progress = Partial<Pick<Run, 'phase' | 'cursor' | 'items' | 'places' | 'markMax' | 'state' | 'endedAtMs' | 'error'>>;

/** The next state of the run; null where somebody else was faster, and then nothing of this was written. */
export async function saveStep(
  db: D1Database,
  run: Run,
  progress: Progress,
  rows: readonly D1PreparedStatement[],
  nowMs: number,
): Promise<Run | null> {
  const next: Run = { ...run, error: null, ...progress, step: run.step + 1, advancedAtMs: nowMs };
  const { phase, cursor, items, places, markMax, state, endedAtMs, error } = next;
  // A run that is at another step breaks this statement, and with it the whole batch.
  const claim = db
    .prepare(
      `UPDATE reconciliation SET step = iif(step = ?2, ?2 + 1, NULL), phase = ?3, cursor = ?4, items = ?5, places = ?6, mark_max = ?7,
              state = ?8, ended_at_ms = ?9, error = ?10, advanced_at_ms = ?11 WHERE id = ?1`,
    )
    .bind(run.id, run.step, phase, cursor, items, places, markMax, state, endedAtMs, error, nowMs);
  try {
    await db.batch([claim, ...rows]);
    return next;
  } catch (error) {
    const now = await runOf(db, run.id);
    if (now === null || now.step !== run.step) return null;
    throw error;
  }
}
