import { and, asc, eq, gt, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { AUDIT_STATE_BYTES_MAX } from '../../contracts/limits.ts';
import { CHANGED_MEANWHILE, isConstraint, type Expected } from '../catalogue/versions.ts';
import type { Refused } from '../refused.ts';
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

export interface AuditedPut extends AuditedChange {
  readonly expected: Expected;
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
  /**
   * The way of every PUT, which sets a version one higher whatever it finds. Where the state is afterwards what it was before,
   * all of it is undone, also the version, whichever was expected: whoever asks again because no answer came has what it asked
   * for. Else the version before must be the expected one.
   */
  put<Change extends BatchItem<'sqlite'>>(
    by: By,
    what: AuditedPut,
    change: Change,
    ...alongside: readonly BatchItem<'sqlite'>[]
  ): Promise<Change['_']['result'] | 'unchanged' | Refused>;
  list(filter: AuditFilter): Promise<readonly AuditRow[]>;
}

export function auditLogIn(db: DrizzleD1Database, now: () => number): AuditLog {
  const began = ({ keyId, correlationId }: By, { action, target, state, version }: AuditedChange) =>
    db.insert(auditLog).values({
      atMs: now(),
      actor: keyId,
      actorName: sql<string | null>`(SELECT name FROM api_key WHERE id = ${keyId})`,
      action,
      target,
      before: sql<string | null>`${state}`,
      version: sql`${version}`,
      correlationId,
    });
  const ended = ({ state, version }: AuditedChange) =>
    db
      .update(auditLog)
      .set({ before: clipped(sql`before`), after: clipped(state), version: sql`${version}` })
      .where(IS_NEWEST);

  return {
    write: async (by, what, change, ...alongside) => {
      const [, result] = await db.batch([
        began(by, what),
        change,
        ...alongside,
        db.delete(auditLog).where(sql`${IS_NEWEST} AND before IS ${what.state} AND version IS ${what.version}`),
        ended(what),
      ]);
      return result;
    },

    put: async (by, what, change, ...alongside) => {
      // A transaction of D1 ends before its time only by an error: so what must not be kept sets what may not be NULL.
      const unlessChanged = db
        .update(auditLog)
        .set({ action: sql`NULL` })
        .where(sql`${IS_NEWEST} AND before IS ${what.state}`);
      const unlessFits = db
        .update(auditLog)
        .set({ target: sql`NULL` })
        .where(sql`${IS_NEWEST} AND NOT ${asExpected(what.expected)}`);
      try {
        const [, result] = await db.batch([began(by, what), change, ...alongside, unlessChanged, unlessFits, ended(what)]);
        return result;
      } catch (error) {
        if (isConstraint(error, 'NOT NULL constraint failed: audit_log.action')) return 'unchanged';
        if (isConstraint(error, 'NOT NULL constraint failed: audit_log.target')) return CHANGED_MEANWHILE;
        throw error;
      }
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
const IS_NEWEST = sql`${auditLog.id} = (SELECT seq FROM sqlite_sequence WHERE name = 'audit_log')`;

/** Of the version that the row began with: NULL, or 0, where there was none. */
function asExpected(expected: Expected): SQL {
  if (expected === null) return sql`1`;
  return expected === 'any' ? sql`coalesce(version, 0) > 0` : sql`version IS ${expected}`;
}

/** A row takes two million bytes, before and after together. Of what is larger than that, its size is told. */
function clipped(state: SQL): SQL<string | null> {
  return sql`(SELECT iif(octet_length(json) > ${AUDIT_STATE_BYTES_MAX}, json_object('bytes', octet_length(json)), json) FROM (SELECT ${state} AS json))`;
}

function isTarget(target: string | null): SQL | undefined {
  if (target === null) return undefined;
  const column = sql`${auditLog.target}`;
  if (target.includes(':')) return eq(column, target);
  return and(gte(column, `${target}:`), lt(column, `${target};`));
}
