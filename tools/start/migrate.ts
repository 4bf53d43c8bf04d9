import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { unstable_splitSqlQuery } from 'wrangler';
import type { Database } from './databases.ts';
import { ROOT } from './workers.ts';

// The same table as wrangler keeps, so either may apply the next migration.
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Applies what has not been applied, in order of name; each file wholly or not at all. */
export async function applyMigrations(database: Database, folder: string): Promise<void> {
  await database.prepare(TABLE).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));

  for (const name of await migrationNames(folder)) {
    if (applied.has(name)) continue;
    const sql = await readFile(path.join(ROOT, folder, name), 'utf8');
    await database.batch([
      ...unstable_splitSqlQuery(sql).map((statement) => database.prepare(statement)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ]);
  }
}

async function migrationNames(folder: string): Promise<string[]> {
  const names = await readdir(path.join(ROOT, folder));
  return names.filter((name) => name.endsWith('.sql')).sort();
}
