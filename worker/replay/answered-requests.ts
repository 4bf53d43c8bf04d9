import { and, eq, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { RequestKey } from '../../durable-objects/sku-stock/protocol.ts';
import type { AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import type { AuditTarget } from '../audit/schema.ts';
import { Refused } from '../refused.ts';
import { answeredRequest } from './schema.ts';

export interface AskedOnce {
  /** The path that was asked. */
  readonly operation: string;
  readonly key: Pick<RequestKey, 'hash' | 'fingerprint'>;
  readonly target: AuditTarget;
  /** What the audit log says of it. */
  readonly asked: unknown;
}

export interface AnsweredOnce<Answer> {
  readonly answer: Answer;
  /** Whether it was answered before (R5). */
  readonly replayed: boolean;
}

/**
 * What an operator asks for is written down, and in the audit log, before anything is done, and its answer after it. Asked again
 * it is answered from there; where whoever began it died it is done again, so `work` must do no harm when it runs twice.
 */
export type AnswerOnce = <Answer>(
  by: By,
  asked: AskedOnce,
  work: () => Promise<Answer | Refused>,
) => Promise<AnsweredOnce<Answer> | Refused>;

export function answerOnceIn(db: DrizzleD1Database, audit: AuditLog, now: () => number): AnswerOnce {
  return async <Answer>(by: By, { operation, key, target, asked }: AskedOnce, work: () => Promise<Answer | Refused>) => {
    const here = and(eq(answeredRequest.operation, operation), eq(answeredRequest.hash, key.hash)) ?? sql`false`;
    await audit.write(
      by,
      {
        action: 'replay',
        target,
        state: rowAsJson(answeredRequest, here, ['hash', 'fingerprint', 'answer']),
        version: sql`NULL`,
      },
      db
        .insert(answeredRequest)
        .values({ operation, ...key, asked, answer: null, askedAtMs: now() })
        .onConflictDoNothing(),
    );
    const [row] = await db.select().from(answeredRequest).where(here);
    if (row !== undefined && row.fingerprint !== key.fingerprint)
      return new Refused('key_reused', 'this Idempotency-Key was used for another request');
    if (row !== undefined && row.answer !== null) return { answer: row.answer as Answer, replayed: true };
    const answer = await work();
    if (answer instanceof Refused) return answer;
    await db.update(answeredRequest).set({ answer }).where(here);
    return { answer, replayed: false };
  };
}
