import type { Sku } from '../../domain/ids.ts';
import type { Stock } from '../../domain/stock.ts';
import { advanced, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { PERIOD_MS, PERIODS_KEPT, SEGMENT_ROWS_MAX } from './limits.ts';
import { dropPeriod } from './schema.ts';
import { segmentHash } from './segment-hash.ts';
import { segmentName } from './segment-name.ts';
import type { StockLog } from './stock-log.ts';

/**
 * Moves periods past retention to R2 as NDJSON, then drops their tables. Each segment's first line names the hash of
 * the one before, so a changed or missing segment is seen. A crash repeats a segment under the same name.
 */
export class Archive {
  readonly #storage: DurableObjectStorage;
  readonly #log: StockLog;
  readonly #bucket: R2Bucket;
  readonly #sku: Sku;
  readonly #stillNeeded: (nowMs: number) => readonly number[];

  constructor(
    storage: DurableObjectStorage,
    log: StockLog,
    bucket: R2Bucket,
    sku: Sku,
    stillNeeded: (nowMs: number) => readonly number[],
  ) {
    this.#storage = storage;
    this.#log = log;
    this.#bucket = bucket;
    this.#sku = sku;
    this.#stillNeeded = stillNeeded;
  }

  /** When the oldest period may go, or null while it holds the newest entry. */
  nextMs(stock: Stock): number | null {
    const [oldest] = this.#log.journal.periods;
    return oldest === undefined || oldest >= periodOf(stock) ? null : (oldest + PERIODS_KEPT) * PERIOD_MS;
  }

  /** Whether anything went. The newest entry is never dropped: it holds the sequence and the clock. */
  async run(stock: Stock, nowMs: number): Promise<boolean> {
    const current = Math.floor(nowMs / PERIOD_MS);
    const due = this.#log.journal.periods.filter((period) => period <= current - PERIODS_KEPT && period < periodOf(stock));
    for (const period of due) await this.#archive(period, nowMs);
    return due.length > 0;
  }

  async #archive(period: number, nowMs: number): Promise<void> {
    const sql = this.#storage.sql;
    let hash = readCheckpoint(sql).segmentHash;
    for (const table of ['journal', 'closed'] as const) {
      const order = table === 'journal' ? 'sequence' : 'id';
      let after: number | string = table === 'journal' ? 0 : '';
      for (let part = 0; ; part++) {
        const rows: Record<string, SqlStorageValue>[] = sql
          .exec(
            `SELECT * FROM ${table}_${period.toFixed(0)} WHERE ${order} > ? ORDER BY ${order} LIMIT ?`,
            after,
            SEGMENT_ROWS_MAX,
          )
          .toArray();
        const last = rows.at(-1)?.[order];
        if (rows.length === 0 || (typeof last !== 'number' && typeof last !== 'string')) break;
        after = last;
        const name = segmentName(this.#sku, { period, table, part });
        const header = { sku: this.#sku, period, table, part, previous_sha256: hash };
        const text = [header, ...rows].map((row) => `${JSON.stringify(row)}\n`).join('');
        const bytes = new TextEncoder().encode(text);
        await this.#bucket.put(name, bytes);
        hash = await segmentHash(bytes);
      }
    }
    this.#drop(period, hash, nowMs);
  }

  #drop(period: number, head: string | null, nowMs: number): void {
    const sql = this.#storage.sql;
    this.#storage.transactionSync(() => {
      const sums = advanced(readCheckpoint(sql), this.#log.journal.entriesIn(period));
      writeCheckpoint(sql, { ...sums, throughMs: (period + 1) * PERIOD_MS, segmentHash: head });
      // A posting that waits, or was refused, needs its entry for as long as it takes (R32).
      this.#log.journal.keep(period, this.#stillNeeded(nowMs));
      dropPeriod(sql, period);
    });
    this.#log.journal.dropped(this.#log.journal.periods.filter((one) => one !== period));
  }
}

function periodOf(stock: Stock): number {
  return Math.floor(stock.lastNowMs / PERIOD_MS);
}
