import { WEBHOOK_IDS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { SourceId } from '../../domain/ids.ts';

const DAY_MS = 86_400_000;

/** Whether this id was accepted before. */
export async function wasSeen(db: D1Database, source: SourceId, id: string, nowMs: number): Promise<boolean> {
  const today = Math.floor(nowMs / DAY_MS);
  const days = Array.from({ length: WEBHOOK_IDS_KEPT_DAYS + 1 }, (_, ago) => today - ago);
  const row = await db
    .prepare('SELECT 1 AS seen FROM webhook_seen WHERE day IN (SELECT value FROM json_each(?1)) AND source = ?2 AND id = ?3')
    .bind(JSON.stringify(days), source, id)
    .first<{ seen: number }>();
  return row !== null;
}

/** Only after its facts are safely written: one that is told again in between is booked once all the same. */
export async function noteSeen(db: D1Database, source: SourceId, id: string, nowMs: number): Promise<void> {
  await db
    .prepare('INSERT INTO webhook_seen (day, source, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING')
    .bind(Math.floor(nowMs / DAY_MS), source, id)
    .run();
}

/** Forgets whole days, so many ids at most. Answers how many went. */
export async function trimWebhookIds(db: D1Database, nowMs: number, rowsMax: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM webhook_seen WHERE (day, source, id) IN
         (SELECT day, source, id FROM webhook_seen WHERE day < ?1 ORDER BY day, source, id LIMIT ?2)`,
    )
    .bind(Math.floor(nowMs / DAY_MS) - WEBHOOK_IDS_KEPT_DAYS, rowsMax)
    .run();
  return meta.changes;
}
