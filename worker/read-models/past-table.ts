/**
 * A table that is let go of a table at a time: what is told now stands in the table of that name, what was told before the
 * last turn in `…_past`. A table that is dropped writes no row, while each row that is deleted is one on the bill.
 */
export interface Turning {
  readonly table: 'event' | 'posting' | 'order_reservation';
  /** So long everything is kept at least, and twice as long at most. */
  readonly keptDays: number;
  /** SQL that begins the new table with rows of the old one, which is the past one by then. */
  readonly begin: readonly string[];
}

const DAY_MS = 86_400_000;

/** Lets go of the past table, makes the present one the past one and begins anew, if it is time. Says whether it was. */
export async function turn(db: D1Database, { table, keptDays, begin }: Turning, nowMs: number): Promise<boolean> {
  const beforeMs = nowMs - keptDays * DAY_MS;
  const due = await db.prepare(`SELECT ${DUE} AS due`).bind(table, beforeMs).first<number>('due');
  if (due !== 1) return false;
  const { results } = await db.prepare(MADE).bind(table).all<Made>();
  const statements = [
    `DROP TABLE ${table}_past`,
    `ALTER TABLE ${table} RENAME TO ${table}_past`,
    ...results.map(anew),
    ...begin,
  ].map((sql) => db.prepare(sql));
  try {
    await db.batch([
      db.prepare(`SELECT json(iif(${DUE}, '1', ''))`).bind(table, beforeMs),
      ...statements,
      db.prepare(NOTE).bind(table, nowMs),
    ]);
    return true;
  } catch (error) {
    // Somebody else turned it between the question and this: a transaction of D1 ends before its time only by an error.
    if (error instanceof Error && error.message.includes('malformed JSON')) return false;
    throw error;
  }
}

// What is past was told before the last turn. Where it never turned, nothing is.
const DUE = 'coalesce((SELECT at_ms FROM turned WHERE name = ?1) < ?2, 1)';
const NOTE = 'INSERT INTO turned (name, at_ms) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms';
const MADE = `SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'`;

interface Made {
  readonly type: 'table' | 'index';
  readonly name: string;
  readonly sql: string;
}

/**
 * As the migrations made it, whichever was the last of them. An index stays with its rows, so the new one bears another name, and
 * a migration that changes one drops both names before it makes both anew.
 */
function anew({ type, name, sql }: Made): string {
  if (type === 'table') return sql;
  return sql.replace(name, name.endsWith(OTHER) ? name.slice(0, -OTHER.length) : name + OTHER);
}

const OTHER = '_other';
