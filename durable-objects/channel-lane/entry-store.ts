import initial from '../../migrations/channel-lane/0001-initial.sql';
import { isActive, type Entry } from '../../domain/channel-lane/entry.ts';
import type { Sku } from '../../domain/ids.ts';
import type { LaneState } from './lane-state.ts';

export interface EntryStore {
  state(): LaneState | null;
  writeState(state: LaneState): void;
  entry(listing: string): Entry | null;
  ofSku(sku: Sku): readonly Entry[];
  active(): readonly Entry[];
  page(after: string, limit: number): readonly Entry[];
  count(): number;
  /** How many are refused. */
  refused(): number;
  /** `before`: as it stands there; null: it does not. */
  write(entry: Entry, before: Entry | null): void;
  remove(listing: string): void;
  clear(): void;
  /** All that is written in there is written, or nothing. */
  atOnce<Result>(work: () => Result): Result;
}

/** The SQLite of one lane. Its tables are made by the first filling. */
export class SqlEntryStore implements EntryStore {
  readonly #storage: DurableObjectStorage;
  #hasTables: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#hasTables = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lane'").toArray().length > 0;
  }

  state(): LaneState | null {
    const [row] = this.#hasTables ? this.#storage.sql.exec<{ body: string }>('SELECT body FROM lane').toArray() : [];
    return row === undefined ? null : (JSON.parse(row.body) as LaneState);
  }

  writeState(state: LaneState): void {
    this.#makeTables();
    this.#storage.sql.exec(
      'INSERT INTO lane (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
      JSON.stringify(state),
    );
  }

  entry(listing: string): Entry | null {
    return this.#entries('SELECT body FROM level WHERE listing = ?', listing)[0] ?? null;
  }

  ofSku(sku: Sku): readonly Entry[] {
    return this.#entries('SELECT body FROM level WHERE sku = ?', sku);
  }

  /** It reads all rows: an index of the active ones would cost two rows written with every change. */
  active(): readonly Entry[] {
    return this.#entries('SELECT body FROM level WHERE active = 1');
  }

  page(after: string, limit: number): readonly Entry[] {
    return this.#entries('SELECT body FROM level WHERE listing > ? ORDER BY listing LIMIT ?', after, limit);
  }

  count(): number {
    if (!this.#hasTables) return 0;
    return this.#storage.sql.exec<{ rows: number }>('SELECT count(*) AS rows FROM level').one().rows;
  }

  /** Within a text its quotation marks would be escaped, so it is found by its letters, which is quicker than to read the JSON. */
  refused(): number {
    if (!this.#hasTables) return 0;
    return this.#storage.sql
      .exec<{ rows: number }>(`SELECT count(*) AS rows FROM level WHERE instr(body, '"refused":{') > 0`)
      .one().rows;
  }

  write(entry: Entry, before: Entry | null): void {
    this.#makeTables();
    const { listing, sku } = entry;
    const active = isActive(entry) ? 1 : 0;
    const body = JSON.stringify(entry);
    if (before?.sku === sku) {
      // Named here, an indexed column would be written anew though it is the same.
      this.#storage.sql.exec('UPDATE level SET active = ?, body = ? WHERE listing = ?', active, body, listing);
      return;
    }
    this.#storage.sql.exec(
      `INSERT INTO level (listing, sku, active, body) VALUES (?, ?, ?, ?)
       ON CONFLICT (listing) DO UPDATE SET sku = excluded.sku, active = excluded.active, body = excluded.body`,
      listing,
      sku,
      active,
      body,
    );
  }

  remove(listing: string): void {
    if (this.#hasTables) this.#storage.sql.exec('DELETE FROM level WHERE listing = ?', listing);
  }

  clear(): void {
    if (this.#hasTables) this.#storage.sql.exec('DELETE FROM level');
  }

  atOnce<Result>(work: () => Result): Result {
    const had = this.#hasTables;
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.#hasTables = had;
      throw error;
    }
  }

  #makeTables(): void {
    if (!this.#hasTables) this.#storage.sql.exec(initial);
    this.#hasTables = true;
  }

  #entries(query: string, ...values: (string | number)[]): readonly Entry[] {
    if (!this.#hasTables) return [];
    return this.#storage.sql
      .exec<{ body: string }>(query, ...values)
      .toArray()
      .map(({ body }) => JSON.parse(body) as Entry);
  }
}
