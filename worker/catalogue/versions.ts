import { Refused } from '../refused.ts';

/** What a PUT says of the version that it replaces: nothing, that there is one, or which one. */
export type Expected = null | 'any' | number;

export const CHANGED_MEANWHILE = new Refused('version_conflict', 'it was changed since you read it: read it again');

/** Whether a row at this version (0: there is none yet) is the one that was expected. */
export function fits(expected: Expected, version: number): boolean {
  return expected === null || (expected === 'any' ? version > 0 : version === expected);
}

export interface Put<Row> {
  readonly row: Row;
  /** `unchanged`: it was so before, and its version is what it was. */
  readonly outcome: 'created' | 'replaced' | 'unchanged';
}

export type PutResult<Row> = Put<Row> | Refused;

/** What became of a PUT whose first version is 1; `find` reads what stands there where it changed nothing, null: there is nothing. */
export async function putOf<Row>(
  said: readonly Row[] | 'unchanged' | Refused,
  versionOf: (row: Row) => number,
  find: () => Promise<Row | null>,
): Promise<PutResult<Row> | null> {
  if (said instanceof Refused) return said;
  const row = said === 'unchanged' ? await find() : said[0];
  if (row === undefined || row === null) return null;
  if (said === 'unchanged') return { row, outcome: 'unchanged' };
  return { row, outcome: versionOf(row) === 1 ? 'created' : 'replaced' };
}

/** Of a PUT that makes what is not there: afterwards something is. */
export function present<Row>(put: PutResult<Row> | null): PutResult<Row> {
  if (put === null) throw new Error('a row that is put comes back');
  return put;
}

/** What the database said, also where it was wrapped on its way here. */
export function isConstraint(error: unknown, constraint: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.message.includes(constraint)) return true;
  return false;
}
