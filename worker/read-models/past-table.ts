/**
 * A table that is let go of a table at a time: what is told now stands in the table of that name, what was told before the
 * last turn in `…_past`. A table that is dropped writes no row, while each row that is deleted is one on the bill.
 */
export interface Turning {
  readonly table: 'event';
  /** SQL that is 1 when nobody needs what lies in the past table any longer, and its values. */
  readonly when: string;
  readonly values: readonly number[];
  /** SQL that begins the new table with rows of the old one, which is the past one by then. */
  readonly begin: readonly string[];
}

/** Lets go of the past table, makes the present one the past one and begins anew, if it is time. Says whether it was. */
export async function turn(db: D1Database, { table, when, values, begin }: Turning): Promise<boolean> {
  const due = await db
    .prepare(`SELECT ${when} AS due`)
    .bind(...values)
    .first<number | null>('due');
  if (due !== 1) return false;
  const { results } = await db
    .prepare(`SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC`)
    .bind(table)
    .all<Made>();
  const statements = [
    `DROP TABLE ${table}_past`,
    ...results.filter(({ type }) => type === 'index').map(({ name }) => `DROP INDEX ${name}`),
    `ALTER TABLE ${table} RENAME TO ${table}_past`,
    // As the migrations made it, whichever was the last of them.
    ...results.map(({ sql }) => sql),
    ...begin,
  ];
  try {
    await db.batch([
      db.prepare(`SELECT json(iif(${when}, '1', ''))`).bind(...values),
      ...statements.map((sql) => db.prepare(sql)),
    ]);
    return true;
  } catch (error) {
    // Somebody else turned it between the question and this: a transaction of D1 ends before its time only by an error.
    if (error instanceof Error && error.message.includes('malformed JSON')) return false;
    throw error;
  }
}

interface Made {
  readonly type: 'table' | 'index';
  readonly name: string;
  readonly sql: string;
}
