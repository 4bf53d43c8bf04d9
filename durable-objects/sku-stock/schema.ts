import initial from '../../migrations/sku-stock/0001-initial.sql';
import keptEntries from '../../migrations/sku-stock/0002-kept-entries.sql';

/** In order; a merged one is never edited. */
const MIGRATIONS: readonly string[] = [initial, keptEntries];

const PERIOD_TABLES = ['journal', 'closed', 'fact'] as const;

export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'").toArray().length > 0;
}

/** Brings an object's tables to this version of the code. Only a first item makes tables at all (R40). */
export function migrate(sql: SqlStorage): void {
  const done = hasTables(sql) ? Number(readMeta(sql, 'schema') ?? '0') : 0;
  if (done >= MIGRATIONS.length) return;
  for (const migration of MIGRATIONS.slice(done)) sql.exec(migration);
  writeMeta(sql, 'schema', String(MIGRATIONS.length));
}

export function readMeta(sql: SqlStorage, name: string): string | null {
  const row = sql.exec<{ value: string }>('SELECT value FROM meta WHERE name = ?', name).toArray()[0];
  return row?.value ?? null;
}

export function writeMeta(sql: SqlStorage, name: string, value: string): void {
  sql.exec('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value);
}

/** The periods that have tables, oldest first. */
export function periodsOf(sql: SqlStorage): readonly number[] {
  const rows = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'journal_[0-9]*'");
  return rows
    .toArray()
    .map(({ name }) => Number(name.slice('journal_'.length)))
    .sort((a, b) => a - b);
}

export function createPeriod(sql: SqlStorage, period: number): void {
  const n = period.toFixed(0);
  sql.exec(`
    CREATE TABLE journal_${n} (sequence INTEGER PRIMARY KEY CHECK (sequence > 0), at INTEGER NOT NULL, mark INTEGER, body TEXT NOT NULL) STRICT;
    CREATE TABLE closed_${n} (id TEXT PRIMARY KEY, state TEXT, answers TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE fact_${n} (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;`);
}

export function dropPeriod(sql: SqlStorage, period: number): void {
  for (const table of PERIOD_TABLES) sql.exec(`DROP TABLE ${table}_${period.toFixed(0)}`);
  // Made only where an item capped its buyers in that week.
  sql.exec(`DROP TABLE IF EXISTS buyer_${period.toFixed(0)}`);
}
