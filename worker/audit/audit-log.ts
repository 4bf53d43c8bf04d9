import { and, asc, eq, gt, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { AUDIT_STATE_BYTES_MAX } from '../../contracts/limits.ts';
import { auditLog, type AuditAction, type AuditTarget } from './schema.ts';

export type AuditRow = Readonly<typeof auditLog.$inferSelect>;

/** Who changes something, and in which request. */
export interface By {
  readonly keyId: string;
  readonly correlationId: string;
}

export interface AuditedChange {
  readonly action: AuditAction;
  readonly target: AuditTarget;
  /** What is changed, as JSON in one value of SQL (`rowAsJson`). It is read right before and right after. No secrets. */
  readonly state: SQL;
  readonly version: SQL;
}

export interface AuditFilter {
  readonly after: number;
  readonly actor: string | null;
  /** `item:TEA`, or `item` for all of the kind. */
  readonly target: string | null;
  readonly limit: number;
}

export interface AuditLog {
  /**
   * The way of every administrative write into the database: the change, what goes along with it, and its row in the audit
   * log, in one transaction. Answers what the change returns. What changed nothing leaves no row.
   */
  write<Change extends BatchItem<'sqlite'>>(
    by: By,
    what: AuditedChange,
    change: Change,
    ...alongside: readonly BatchItem<'sqlite'>[]
  ): Promise<Change['_']['result']>;
  list(filter: AuditFilter): Promise<readonly AuditRow[]>;
}

export function auditLogIn(db: DrizzleD1Database, now: () => number): AuditLog {
  return {
    write: async ({ keyId, correlationId }, { action, target, state, version }, change, ...alongside) => {
      const seen = sql<string | null>`${clipped(state)}`;
      const name = sql<string | null>`(SELECT name FROM api_key WHERE id = ${keyId})`;
      const [, result] = await db.batch([
        db.insert(auditLog).values({
          atMs: now(),
          actor: keyId,
          actorName: name,
          action,
          target,
          before: seen,
          version: sql`${version}`,
          correlationId,
        }),
        change,
        ...alongside,
        db.delete(auditLog).where(sql`${auditLog.id} = ${NEWEST} AND before IS ${seen} AND version IS ${version}`),
        db
          .update(auditLog)
          .set({ after: seen, version: sql`${version}` })
          .where(sql`${auditLog.id} = ${NEWEST}`),
      ]);
      return result;
    },

    list: ({ after, actor, target, limit }) =>
      db
        .select()
        .from(auditLog)
        .where(and(gt(auditLog.id, after), actor === null ? undefined : eq(auditLog.actor, actor), isTarget(target)))
        .orderBy(asc(auditLog.id))
        .limit(limit),
  };
}

/** The row that this transaction added, also where it is gone again: so nothing that follows touches an older one. */
const NEWEST = sql`(SELECT seq FROM sqlite_sequence WHERE name = 'audit_log')`;

/** A row takes two million bytes, before and after together. Of what is larger than that, its size is told. */
function clipped(state: SQL): SQL {
  return sql`(SELECT iif(octet_length(json) > ${AUDIT_STATE_BYTES_MAX}, json_object('bytes', octet_length(json)), json) FROM (SELECT ${state} AS json))`;
}

function isTarget(target: string | null): SQL | undefined {
  if (target === null) return undefined;
  const column = sql`${auditLog.target}`;
  if (target.includes(':')) return eq(column, target);
  return and(gte(column, `${target}:`), lt(column, `${target};`));
}
