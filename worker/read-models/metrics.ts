/** What the read models add up to. */
export interface Totals {
  readonly waiting: number;
  readonly oldestAtMs: number | null;
  readonly failed: number;
  readonly posted: number;
  readonly reserved: number;
  readonly lapsed: number;
  readonly duplicates: number;
  readonly replays: number;
  readonly retries: number;
  readonly refused: readonly Counted[];
  readonly openCases: readonly Counted[];
  readonly deadLetters: readonly Counted[];
  /** Units promised beyond what is there. */
  readonly drift: number;
  /** Up to when the newest count of any item knew, and of the item that was not counted longest; null: there was none. */
  readonly countedNewestMs: number | null;
  readonly countedOldestMs: number | null;
  readonly uncounted: number;
  /** Changes of the ERP that wait for somebody to mend their case. */
  readonly changesKept: number;
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** It reads a row per SKU, which at a scrape per minute costs less than an index would with every write. */
export async function totalsOf(db: D1Database): Promise<Totals> {
  const [sums, refused, openCases, drift, deadLetters, changesKept] = await Promise.all([
    db.prepare(SUMS).first<Sums>(),
    counted(
      db,
      "SELECT key AS name, sum(value) AS count FROM availability, json_each(counters, '$.refused') GROUP BY key ORDER BY key",
    ),
    counted(db, "SELECT kind AS name, count(*) AS count FROM cases WHERE state = 'open' GROUP BY kind ORDER BY kind"),
    db
      .prepare("SELECT coalesce(sum(difference), 0) AS units FROM cases WHERE state = 'open' AND kind = 'over_reservation'")
      .first<number>('units'),
    counted(db, 'SELECT queue AS name, count(*) AS count FROM dead_letter GROUP BY queue ORDER BY queue'),
    db.prepare('SELECT count(*) AS changes FROM kept_change').first<number>('changes'),
  ]);
  return { ...(sums ?? NO_SUMS), refused, openCases, deadLetters, drift: drift ?? 0, changesKept: changesKept ?? 0 };
}

type Sums = Omit<Totals, 'refused' | 'openCases' | 'deadLetters' | 'drift' | 'changesKept'>;
const NO_SUMS: Sums = {
  waiting: 0,
  oldestAtMs: null,
  failed: 0,
  posted: 0,
  reserved: 0,
  lapsed: 0,
  duplicates: 0,
  replays: 0,
  retries: 0,
  countedNewestMs: null,
  countedOldestMs: null,
  uncounted: 0,
};

const COUNTERS = ['posted', 'reserved', 'lapsed', 'duplicates', 'replays', 'retries'] as const satisfies readonly (keyof Sums)[];

const COUNTED = "(snapshot->>'$.terms.evidence.countedAtMs')";

const SUMS = `
  SELECT coalesce(sum(waiting), 0) AS waiting,
         min(waiting_oldest_ms) FILTER (WHERE waiting > 0) AS oldestAtMs,
         coalesce(sum(failed), 0) AS failed,
         max(${COUNTED}) AS countedNewestMs,
         min(${COUNTED}) AS countedOldestMs,
         count(*) - count(${COUNTED}) AS uncounted,
         ${COUNTERS.map((name) => `coalesce(sum(counters->>'${name}'), 0) AS ${name}`).join(', ')}
  FROM availability`;

async function counted(db: D1Database, query: string): Promise<readonly Counted[]> {
  return (await db.prepare(query).all<Counted>()).results;
}
