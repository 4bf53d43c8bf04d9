import type { SourceId } from '../../domain/ids.ts';

/** How far the source's feed was applied; null before the first page. */
export async function feedCursorOf(db: D1Database, source: SourceId): Promise<string | null> {
  const row = await db.prepare('SELECT cursor FROM feed_cursor WHERE source = ?').bind(source).first<{ cursor: string }>();
  return row?.cursor ?? null;
}

/** Moves on from where the caller began, unless somebody else moved it meanwhile. */
export async function moveFeedCursor(
  db: D1Database,
  {
    source,
    from,
    to,
    nowMs,
  }: { readonly source: SourceId; readonly from: string | null; readonly to: string; readonly nowMs: number },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO feed_cursor (source, cursor, moved_at_ms) VALUES (?1, ?2, ?3)
       ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor, moved_at_ms = excluded.moved_at_ms WHERE feed_cursor.cursor = ?4`,
    )
    .bind(source, to, nowMs, from)
    .run();
  return meta.changes > 0;
}
