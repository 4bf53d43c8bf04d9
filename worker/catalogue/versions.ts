import { sql, type SQL } from 'drizzle-orm';
import type { Refused } from '../refused.ts';

/** What a PUT says of the version that it replaces: nothing, that there is one, or which one. */
export type Expected = null | 'any' | number;

/** Whether a row at this version (0: there is none yet) is the one that was expected. */
export function fits(expected: Expected, version: number): boolean {
  return expected === null || (expected === 'any' ? version > 0 : version === expected);
}

export interface Put<Row> {
  readonly row: Row;
  readonly created: boolean;
}

export type PutResult<Row> = Put<Row> | Refused;

/**
 * The version of a row that is put. Where the expectation does not hold it is NULL, which no table takes, so that the
 * whole batch fails and what belongs to the row (its aliases) is not replaced either.
 */
export function firstVersion(expected: Expected, exists: SQL): SQL<number> {
  return sql<number>`CASE WHEN ${expected === null ? 1 : 0} OR EXISTS (${exists}) THEN 1 END`;
}

export function nextVersion(expected: Expected, version: SQL): SQL<number> {
  const fits = typeof expected === 'number' ? sql`${version} = ${expected}` : sql`1`;
  return sql<number>`CASE WHEN ${fits} THEN ${version} + 1 END`;
}

/** What the database said, also where it was wrapped on its way here. */
export function isConstraint(error: unknown, constraint: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.message.includes(constraint)) return true;
  return false;
}
