import type { Buyers } from '../../domain/decision.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Reservation, Stock } from '../../domain/stock.ts';
import type { Journal } from './journal.ts';

/**
 * What buyers had of an item that caps them, of reservations that are closed and so out of memory: one row for each that
 * had goods leave, in a table of its week. Only an item with a cap has any such table.
 */
export class BuyerRows implements Buyers {
  readonly #sql: SqlStorage;
  readonly #journal: Journal;

  constructor(sql: SqlStorage, journal: Journal) {
    this.#sql = sql;
    this.#journal = journal;
  }

  boughtSince(buyer: string, sinceMs: number): ReturnType<Buyers['boughtSince']> {
    return this.#periods().flatMap((period) => {
      const rows = this.#sql.exec<{ reservation: string; fulfilled: number }>(
        `SELECT reservation, fulfilled FROM buyer_${period} WHERE buyer = ? AND created_at > ?`,
        buyer,
        sinceMs,
      );
      return rows.toArray().map((row) => ({ reservation: row.reservation as ReservationId, fulfilled: row.fulfilled }));
    });
  }

  noteClosed({ item }: Stock, { id, buyer, createdAtMs, lines }: Reservation, period: number): void {
    const fulfilled = lines.reduce((total, line) => total + line.fulfilled, 0);
    if (item === null || item.policy.buyerCap === null || buyer === null || fulfilled === 0) return;
    const table = `buyer_${period.toFixed(0)}`;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (
      buyer TEXT NOT NULL, reservation TEXT NOT NULL, created_at INTEGER NOT NULL, fulfilled INTEGER NOT NULL CHECK (fulfilled > 0),
      PRIMARY KEY (buyer, reservation)) STRICT, WITHOUT ROWID`);
    this.#sql.exec(
      `INSERT INTO ${table} (buyer, reservation, created_at, fulfilled) VALUES (?, ?, ?, ?)`,
      buyer,
      id,
      createdAtMs,
      fulfilled,
    );
  }

  #periods(): readonly string[] {
    const tables = this.#sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'buyer_[0-9]*'")
      .toArray();
    const known = new Set(tables.map(({ name }) => name.slice('buyer_'.length)));
    return this.#journal.periods.map((period) => period.toFixed(0)).filter((period) => known.has(period));
  }
}
