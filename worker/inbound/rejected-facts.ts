import type { InboundFact } from '../../contracts/inbound-messages.ts';
import { FACT_KINDS } from '../../contracts/inbound.ts';
import * as z from 'zod';
import type { SourceId } from '../../domain/ids.ts';
import { jsonPages } from '../read-models/json-pages.ts';
import { closeMended } from '../read-models/kept-changes.ts';

export interface RejectedFact extends InboundFact {
  readonly caseId: string;
  readonly source: SourceId;
}

/** Keeps facts under their cases, as they were sent last. */
export function keepRejected(db: D1Database, rejected: readonly RejectedFact[], nowMs: number): readonly D1PreparedStatement[] {
  return jsonPages(rejected).map((page) => db.prepare(KEEP).bind(page, nowMs));
}

/** Facts that are booked by now, by whatever way they came: the cases of those that were rejected before are mended. */
export async function closeBooked(db: D1Database, caseIds: readonly string[], nowMs: number): Promise<number> {
  if (caseIds.length === 0) return 0;
  const { results } = await db
    .prepare('SELECT case_id AS id FROM rejected_fact WHERE case_id IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(caseIds))
    .all<{ id: string }>();
  for (const { id } of results) {
    await closeMended(db, id, 'It was booked when it came again.', nowMs);
    await db.prepare('DELETE FROM rejected_fact WHERE case_id = ?').bind(id).run();
  }
  return results.length;
}

export async function rejectedFactOf(db: D1Database, caseId: string): Promise<RejectedFact | null> {
  const row = await db.prepare('SELECT source, kind, fact FROM rejected_fact WHERE case_id = ?').bind(caseId).first();
  if (row === null) return null;
  const { source, kind, fact } = kept.parse(row);
  return { caseId, source, kind, fact: JSON.parse(fact) as unknown };
}

const kept = z.object({
  source: z.string().transform((text) => text as SourceId),
  kind: z.enum(FACT_KINDS),
  fact: z.string(),
});

const KEEP = `
  INSERT INTO rejected_fact (case_id, source, kind, fact, kept_at_ms)
  SELECT value->>'caseId', value->>'source', value->>'kind', value->'fact', ?2 FROM json_each(?1) WHERE true
  ON CONFLICT (case_id) DO UPDATE SET fact = excluded.fact, kept_at_ms = excluded.kept_at_ms`;
