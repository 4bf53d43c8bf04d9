import type { Entry, Event } from '../../domain/event.ts';
import { factOf } from '../../domain/fact-of.ts';
import { PERIOD_MS } from './limits.ts';
import { createPeriod, periodsOf } from './schema.ts';

/** Most who look back find what they look for in a page of this many rows. */
const BACKWARDS_PAGE_ROWS = 100;

/** The append-only list of facts of one SKU, a table per period, and beside it under which id a fact is known. */
export class Journal {
  readonly #sql: SqlStorage;
  #periods: readonly number[] = [];
  /** Whether entries outlived their period; hardly any SKU has one, and then none is looked for. */
  #keeps = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Oldest first. */
  get periods(): readonly number[] {
    return this.#periods;
  }

  read(): void {
    this.#periods = periodsOf(this.#sql);
    this.#keeps = this.#sql.exec('SELECT 1 FROM kept_entry LIMIT 1').toArray().length > 0;
  }

  append(period: number, { sequence, atMs, correlationId, event }: Entry): void {
    this.#sql.exec(
      `INSERT INTO journal_${period.toFixed(0)} (sequence, at, mark, body) VALUES (?, ?, ?, ?)`,
      sequence,
      atMs,
      markOf(event),
      JSON.stringify({ correlationId, event }),
    );
  }

  /** The entry that a fact became, or null: facts are told apart by (source, id) or by their document (R30, R34). */
  knownFact(ids: readonly string[]): number | null {
    for (const period of this.#periods.toReversed()) {
      for (const id of ids) {
        const row = this.#sql
          .exec<{ sequence: number }>(`SELECT sequence FROM fact_${period.toFixed(0)} WHERE id = ?`, id)
          .toArray()[0];
        if (row !== undefined) return row.sequence;
      }
    }
    return null;
  }

  rememberFact(ids: readonly string[], sequence: number, nowMs: number): void {
    const period = this.periodAt(nowMs);
    for (const id of ids) this.#sql.exec(`INSERT INTO fact_${period.toFixed(0)} (id, sequence) VALUES (?, ?)`, id, sequence);
  }

  /** Entries beyond a sequence, oldest first. */
  *entriesAfter(sequence: number): Generator<Entry> {
    for (const period of this.#periods) yield* this.#entries(period, 'sequence > ? ORDER BY sequence', sequence);
  }

  /** So many entries beyond a sequence at most, oldest first, and none beyond `through`. */
  entriesBetween(after: number, through: number, max: number): readonly Entry[] {
    const found: Entry[] = [];
    for (const period of this.#periods) {
      const left = max - found.length;
      if (left === 0) break;
      for (const entry of this.#entries(period, `sequence > ? AND sequence <= ${through} ORDER BY sequence LIMIT ${left}`, after))
        found.push(entry);
    }
    return found;
  }

  entriesIn(period: number): Iterable<Entry> {
    return this.#entries(period, '? ORDER BY sequence', 1);
  }

  /**
   * Entries from the newest back. Who has seen enough stops early, so they are read page by page: a cursor that is left open
   * would lock its period, which could then never be dropped.
   */
  *entriesBack(): Generator<Entry> {
    for (const period of this.#periods.toReversed()) {
      let before = Number.MAX_SAFE_INTEGER;
      for (;;) {
        const where = `sequence < ? ORDER BY sequence DESC LIMIT ${BACKWARDS_PAGE_ROWS}`;
        const page = [...this.#entries(period, where, before)];
        yield* page;
        if (page.length < BACKWARDS_PAGE_ROWS) break;
        before = page.at(-1)?.sequence ?? 0;
      }
    }
  }

  head(): Entry | null {
    for (const period of this.#periods.toReversed()) {
      const [entry] = [...this.#entries(period, '? ORDER BY sequence DESC LIMIT 1', 1)];
      if (entry !== undefined) return entry;
    }
    return null;
  }

  entriesAt(sequences: readonly number[]): readonly Entry[] {
    const list = JSON.stringify(sequences);
    const where = 'sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence';
    return [...this.#keptEntries(where, list), ...this.#periods.flatMap((period) => [...this.#entries(period, where, list)])];
  }

  /** Entries beyond a sequence whose period is gone. They are in no sum but the checkpoint's. */
  keptAfter(sequence: number): readonly Entry[] {
    return [...this.#keptEntries('sequence > ? ORDER BY sequence', sequence)];
  }

  /** Before a period is dropped: these of its entries stay. */
  keep(period: number, sequences: readonly number[]): void {
    if (sequences.length === 0) return;
    this.#sql.exec(
      `INSERT OR IGNORE INTO kept_entry (sequence, at, body)
       SELECT sequence, at, body FROM journal_${period.toFixed(0)} WHERE sequence IN (SELECT value FROM json_each(?))`,
      JSON.stringify(sequences),
    );
    this.#keeps = true;
  }

  letGo(first: number, last: number): void {
    if (this.#keeps) this.#sql.exec('DELETE FROM kept_entry WHERE sequence BETWEEN ? AND ?', first, last);
  }

  entriesBeyondMark(mark: number): readonly Entry[] {
    return this.#periods.flatMap((period) => [...this.#entries(period, 'mark > ?', mark)]);
  }

  #entries(period: number, where: string, argument: number | string): Generator<Entry> {
    return this.#entriesIn(`journal_${period.toFixed(0)}`, where, argument);
  }

  #keptEntries(where: string, argument: number | string): Iterable<Entry> {
    return this.#keeps ? this.#entriesIn('kept_entry', where, argument) : [];
  }

  *#entriesIn(table: string, where: string, argument: number | string): Generator<Entry> {
    const rows = this.#sql.exec<{ sequence: number; at: number; body: string }>(
      `SELECT sequence, at, body FROM ${table} WHERE ${where}`,
      argument,
    );
    for (const { sequence, at, body } of rows) {
      yield { sequence, atMs: at, ...(JSON.parse(body) as Pick<Entry, 'correlationId' | 'event'>) };
    }
  }

  dropped(periods: readonly number[]): void {
    this.#periods = periods;
  }

  /** The period of this moment, with tables made for it. */
  periodAt(nowMs: number): number {
    // The clock of an object never goes back, so neither do its periods (R11).
    const period = Math.max(Math.floor(nowMs / PERIOD_MS), this.#periods.at(-1) ?? 0);
    if (this.#periods.at(-1) !== period) {
      createPeriod(this.#sql, period);
      this.#periods = [...this.#periods, period];
    }
    return period;
  }
}

/** The ERP's mark of a delta of its own; our entries get theirs when they are acknowledged. */
function markOf(event: Event): number | null {
  const fact = factOf(event);
  return fact?.books === 'erp' ? fact.mark : null;
}
