import { asc, desc, gt, isNotNull } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Sku } from '../../domain/ids.ts';
import { item } from '../catalogue/schema.ts';
import { AUDIT_AT_MINUTES, AUDIT_WINDOW_MS } from './limits.ts';
import { auditRound } from './schema.ts';

export type AuditRound = Readonly<typeof auditRound.$inferSelect>;

const DAY_MS = 86_400_000;

/** The round that is under way, or the one that the clock begins now; null: it is not time. */
export async function roundAt(db: D1Database, nowMs: number): Promise<AuditRound | null> {
  const rounds = drizzle(db);
  const [newest] = await rounds.select().from(auditRound).orderBy(desc(auditRound.startedAtMs)).limit(1);
  if (newest?.endedAtMs === null) return newest;
  const dueMs = Math.floor(nowMs / DAY_MS) * DAY_MS + AUDIT_AT_MINUTES * 60_000;
  const isDue = nowMs >= dueMs && nowMs < dueMs + AUDIT_WINDOW_MS;
  if (!isDue || (newest !== undefined && newest.startedAtMs >= dueMs)) return null;
  const round = { startedAtMs: nowMs, afterSku: '', items: 0, failed: 0, unanswered: 0, endedAtMs: null };
  await rounds.insert(auditRound).values(round).onConflictDoNothing();
  return round;
}

export async function itemsAfter(db: D1Database, sku: string, limit: number): Promise<readonly Sku[]> {
  const rows = await drizzle(db)
    .select({ sku: item.sku })
    .from(item)
    .where(gt(item.sku, sku as Sku))
    .orderBy(asc(item.sku))
    .limit(limit);
  return rows.map((row) => row.sku);
}

/** Whoever else went on from the same item has written it down already. One that ended forgets those before it. */
export function noteAsked(db: D1Database, before: AuditRound, after: AuditRound): D1PreparedStatement[] {
  const { afterSku, items, failed, unanswered, endedAtMs, startedAtMs } = after;
  return [
    db
      .prepare(
        `UPDATE audit_round SET after_sku = ?1, items = ?2, failed = ?3, unanswered = ?4, ended_at_ms = ?5
         WHERE started_at_ms = ?6 AND after_sku = ?7 AND ended_at_ms IS NULL`,
      )
      .bind(afterSku, items, failed, unanswered, endedAtMs, startedAtMs, before.afterSku),
    ...(endedAtMs === null ? [] : [db.prepare('DELETE FROM audit_round WHERE started_at_ms < ?').bind(startedAtMs)]),
  ];
}

/** The newest round that ended; null: none has yet. */
export async function lastRoundOf(db: D1Database): Promise<AuditRound | null> {
  const ended = drizzle(db).select().from(auditRound).where(isNotNull(auditRound.endedAtMs));
  return (await ended.orderBy(desc(auditRound.startedAtMs)).limit(1))[0] ?? null;
}
