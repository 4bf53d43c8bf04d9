import initial from '../../migrations/erp-lane/0001-initial.sql';
import type { KeptLane } from '../../domain/lane/kept.ts';
import type { LaneStore } from './gate.ts';

/** The SQLite of one lane. Its table is made by the first trouble, so an ERP that is always well costs no row. */
export class SqlLaneStore implements LaneStore {
  readonly #storage: DurableObjectStorage;
  #hasTable: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#hasTable = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lane'").toArray().length > 0;
  }

  read(): KeptLane | null {
    if (!this.#hasTable) return null;
    const [row] = this.#storage.sql.exec<{ body: string }>('SELECT body FROM lane').toArray();
    return row === undefined ? null : (JSON.parse(row.body) as KeptLane);
  }

  write(kept: KeptLane): void {
    this.#storage.transactionSync(() => {
      if (!this.#hasTable) this.#storage.sql.exec(initial);
      this.#storage.sql.exec(
        'INSERT INTO lane (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        JSON.stringify(kept),
      );
    });
    this.#hasTable = true;
  }
}
