import { expect, test } from 'vitest';
import { d1OnNode, d1UpTo } from '../../test/d1-on-node.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { ORDER_TABLES } from './orders.ts';
import { turn } from './past-table.ts';
import { POSTING_TABLES } from './posting-tables.ts';

const ALL = [EVENT_TABLES, POSTING_TABLES, ORDER_TABLES];
const YEAR_MS = 366 * 86_400_000;

test.each(ALL)(
  'what is past of $table has the columns of what is present, in their order, or one would not become the other',
  async (tables) => {
    const db = d1OnNode();
    const present = await columns(db, tables.table);
    expect(present.length).toBeGreaterThan(1);
    expect(await columns(db, `${tables.table}_past`)).toEqual(present);
    await turn(db, tables, 0);
    expect(await columns(db, tables.table)).toEqual(present);
  },
);

test.each([0, 1, 2])(
  '[R40] where tables have turned %i times, each migration that came since finds them, and makes of them what it makes of new ones',
  async (turns) => {
    const { database: db, migrate } = d1UpTo('0024');
    for (let year = 0; year < turns; year += 1) for (const tables of ALL) await turn(db, tables, year * YEAR_MS);
    migrate();
    const fresh = d1OnNode();
    for (const { table } of ALL) {
      for (const name of [table, `${table}_past`]) {
        expect(await columns(db, name)).toEqual(await columns(fresh, name));
        expect(await indexes(db, name)).toEqual(await indexes(fresh, name));
      }
    }
    for (const tables of ALL) expect(await turn(db, tables, turns * YEAR_MS)).toBe(true);
  },
);

test('turned twice, every table and index bears the name again that the migrations know', async () => {
  const db = d1OnNode();
  const before = await named(db);
  for (const year of [0, 1]) for (const tables of ALL) await turn(db, tables, year * YEAR_MS);
  expect(await named(db)).toEqual(before);
});

async function named(db: D1Database): Promise<readonly unknown[]> {
  return (await db.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all()).results;
}

async function columns(db: D1Database, table: string) {
  return (await db.prepare(`PRAGMA table_info(${table})`).all()).results;
}

/** What they say but for their names, which change with each turn, and for how these and their table's are quoted. */
async function indexes(db: D1Database, table: string): Promise<readonly string[]> {
  const made = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`);
  const { results } = await made.bind(table).all<{ readonly name: string; readonly sql: string }>();
  return results.map(({ name, sql }) => sql.replace(name, '').replaceAll(/["`]/g, '')).sort();
}
