import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

interface Prepared {
  readonly statement: StatementSync;
  readonly reads: boolean;
}

const SEVERAL = /;\s*\S/;

/** A database in memory whose statements are prepared once. */
export class Database {
  readonly #database = new DatabaseSync(':memory:');
  readonly #prepared = new Map<string, Prepared>();
  readonly #asArrays = new Map<string, StatementSync>();

  /** Statements one after the other, or statements without a word to fill in. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  isSeveral(sql: string): boolean {
    return SEVERAL.test(sql);
  }

  reads(sql: string): boolean {
    return this.#prepare(sql).reads;
  }

  /** Rows, where the statement has any, and how many rows it changed. */
  run<Row>(sql: string, values: readonly unknown[]): { readonly rows: Row[]; readonly changes: number } {
    const { statement, reads } = this.#prepare(sql);
    const bound = values.map(asSqlite);
    // What comes back has no prototype, and what is compared later must look like any other object.
    if (reads) return { rows: statement.all(...bound).map((row) => ({ ...row })) as Row[], changes: 0 };
    return { rows: [], changes: Number(statement.run(...bound).changes) };
  }

  arrays(sql: string, values: readonly unknown[]): readonly unknown[][] {
    let statement = this.#asArrays.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#asArrays.set(sql, statement);
    }
    return statement.all(...values.map(asSqlite)) as unknown as unknown[][];
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, reads: statement.columns().length > 0 };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  close(): void {
    this.#database.close();
  }
}

function asSqlite(value: unknown): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue);
}
