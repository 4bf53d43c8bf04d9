import type { Entry } from '../../domain/event.ts';
import type { FlushRows } from './flush-rows.ts';

/**
 * Entries that call for a posting since the oldest kept one, against the postings that are kept (I11). What waits is noted
 * at the beginning; what was sent is looked up with the entries, which may be looked at in turns to come.
 */
export class NeededPostings {
  kept = 0;
  calledFor = 0;
  readonly #rows: FlushRows;
  readonly #newestSent: number;
  readonly #pending: ReadonlySet<number>;
  readonly #callsForOne: (entry: Entry) => boolean;

  constructor(rows: FlushRows, pending: readonly number[], callsForOne: (entry: Entry) => boolean) {
    this.#rows = rows;
    this.#newestSent = rows.lastSent();
    this.#pending = new Set(pending);
    this.#callsForOne = callsForOne;
  }

  /** The next of them, in sequence. */
  look(entries: readonly Entry[]): void {
    const sent = this.#sentAmong(entries);
    for (const entry of entries) {
      const { sequence } = entry;
      const isKept = this.#pending.has(sequence) || sent.has(sequence);
      // Flushes before the newest may be settled and gone.
      const isSettled = sequence <= this.#newestSent && !isKept;
      if (isSettled || !this.#callsForOne(entry)) continue;
      this.calledFor += 1;
      if (isKept) this.kept += 1;
    }
  }

  #sentAmong(entries: readonly Entry[]): ReadonlySet<number> {
    const [first, last] = [entries.at(0)?.sequence, entries.at(-1)?.sequence];
    if (first === undefined || last === undefined) return new Set();
    return new Set(this.#rows.between(first, last).flatMap(({ fates }) => fates.map(({ sequence }) => sequence)));
  }
}
