import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../source-files.ts';
import type { Faults } from './faults.ts';
import type { Loop } from './loop.ts';
import { Database } from './sql.ts';

interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** The Workers' database: answers over a network, now and then not, and then nobody knows whether it was written. */
export class SimulatedD1 {
  readonly #database = new Database();
  readonly #tables: readonly string[];
  readonly #given: readonly { readonly table: string; readonly row: Readonly<Record<string, unknown>> }[];
  #loop: Loop | null = null;
  #faults: Faults | null = null;
  /** What a statement changed, for whoever looks on. */
  wrote: (sql: string) => void = () => undefined;

  constructor() {
    const folder = path.join(ROOT, 'migrations/d1');
    const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
    for (const file of files.sort()) this.#database.script(readFileSync(path.join(folder, file), 'utf8'));
    const names = this.#database.run<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      [],
    );
    this.#tables = names.rows.map(({ name }) => name);
    this.#given = this.#tables.flatMap((table) =>
      this.#database.run<Readonly<Record<string, unknown>>>(`SELECT * FROM "${table}"`, []).rows.map((row) => ({ table, row })),
    );
  }

  /** As it was after the migrations, for the next simulation: to make it anew takes much longer. */
  begin(loop: Loop, faults: Faults): D1Database {
    this.#loop = loop;
    this.#faults = faults;
    for (const table of this.#tables) this.#database.run(`DELETE FROM "${table}"`, []);
    this.#database.script('DELETE FROM sqlite_sequence');
    for (const { table, row } of this.#given) {
      const columns = Object.keys(row);
      const sql = `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
      this.#database.run(sql, Object.values(row));
    }
    const d1 = {
      prepare: (sql: string) => this.#statement({ sql, values: [] }),
      batch: (statements: readonly Statement[]) => this.#ask('batch', () => this.#batch(statements)),
    };
    return d1 as unknown as D1Database;
  }

  /** Right away, for whoever looks on. */
  rows<Row>(sql: string, ...values: readonly unknown[]): readonly Row[] {
    return this.#database.run<Row>(sql, values).rows;
  }

  #statement(statement: Statement) {
    const { sql, values } = statement;
    const all = () => this.#run(statement);
    return {
      ...statement,
      bind: (...bound: readonly unknown[]) => this.#statement({ sql, values: bound }),
      all: () => this.#ask(sql, all),
      run: () => this.#ask(sql, all),
      raw: () => this.#ask(sql, () => this.#database.arrays(sql, values)),
      first: (column?: string) =>
        this.#ask(sql, () => {
          const row = (all().results[0] ?? null) as Readonly<Record<string, unknown>> | null;
          return row === null || column === undefined ? row : (row[column] ?? null);
        }),
    };
  }

  #batch(statements: readonly Statement[]) {
    this.#database.script('BEGIN');
    try {
      const results = statements.map((one) => this.#run(one));
      this.#database.script('COMMIT');
      return results;
    } catch (error) {
      this.#database.script('ROLLBACK');
      throw error;
    }
  }

  #run({ sql, values }: Statement) {
    const { rows, changes } = this.#database.run(sql, values);
    if (changes > 0) this.wrote(sql);
    return { success: true, results: rows, meta: { changes } };
  }

  #ask<Answer>(what: string, work: () => Answer): Promise<Answer> {
    const [loop, faults] = [this.#loop, this.#faults];
    if (loop === null || faults === null) throw new Error('no simulation is running');
    const caller = loop.here;
    const { dice } = loop;
    return new Promise((resolve, reject) => {
      const reply = (how: () => void): void =>
        void loop.after(dice.roll(0, 3), 'd1 answers', () => {
          if (caller?.alive !== false) how();
        });
      loop.after(dice.roll(0, 4), `d1 ${what.slice(0, 40).replaceAll(/\s+/g, ' ')}`, () => {
        if (caller?.alive === false && dice.oneIn(2)) return;
        const fails = (!faults.healed && loop.nowMs < faults.databaseAwayUntilMs) || faults.strikes('databaseFails');
        if (fails && dice.oneIn(2)) return reply(() => reject(new Error('D1_ERROR: it did not answer')));
        try {
          const answer = work();
          reply(() => (fails ? reject(new Error('D1_ERROR: the answer was lost')) : resolve(answer)));
        } catch (error) {
          reply(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      });
    });
  }
}
