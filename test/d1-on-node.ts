import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { ROOT } from './source-files.ts';

/** The database of the migrations, in the memory of this process: as much of D1 as our code calls. */
export function d1OnNode(): D1Database {
  return d1UpTo('9999').database;
}

/** As it was before the migration of that number, and how the rest of them come to it. */
export function d1UpTo(number: string): { readonly database: D1Database; readonly migrate: () => void } {
  const database = new DatabaseSync(':memory:');
  const folder = path.join(ROOT, 'migrations/d1');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const run = (file: string): void => database.exec(readFileSync(path.join(folder, file), 'utf8'));
  for (const file of files.filter((name) => name < number)) run(file);
  return { database: asD1(database), migrate: () => files.filter((name) => name >= number).forEach(run) };
}

function asD1(database: DatabaseSync): D1Database {
  const d1 = {
    prepare: (sql: string) => statement(database, sql, []),
    batch: async (statements: readonly Statement[]) => {
      database.exec('BEGIN');
      try {
        const results = statements.map((one) => one.now());
        database.exec('COMMIT');
        return results;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
  };
  return d1 as unknown as D1Database;
}

type Statement = ReturnType<typeof statement>;

function statement(database: DatabaseSync, sql: string, values: readonly SQLInputValue[]) {
  const now = () => {
    const prepared = database.prepare(sql);
    // A statement that returns no columns has no rows to read.
    if (prepared.columns().length > 0) return { success: true, results: prepared.all(...values), meta: {} };
    return { success: true, results: [], meta: { changes: Number(prepared.run(...values).changes) } };
  };
  return {
    now,
    bind: (...bound: readonly unknown[]) => statement(database, sql, bound.map(asSqlite)),
    all: async () => now(),
    run: async () => now(),
    first: async (column?: string) => {
      const row = now().results[0] ?? null;
      return row === null || column === undefined ? row : (row[column] ?? null);
    },
    raw: async () => {
      const prepared = database.prepare(sql);
      prepared.setReturnArrays(true);
      return prepared.all(...values);
    },
  };
}

function asSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return Number(value);
  return value as SQLInputValue;
}
