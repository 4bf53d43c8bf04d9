import { has, type Fate, type Flush } from './flush.ts';
import { SETTLED_AFTER_MS } from './limits.ts';
import { readMeta, writeMeta } from './schema.ts';

/** The flushes of one SKU as rows. Start-up reads only the one under way and those with a refusal. */
export class FlushRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  write(flush: Flush): void {
    const first = flush.fates[0]?.sequence;
    const last = flush.fates.at(-1)?.sequence;
    if (first === undefined || last === undefined) return;
    const marks = flush.fates.flatMap(({ mark }) => mark ?? []);
    this.#sql.exec(
      `INSERT INTO posting (first, last, state, mark_max, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (first) DO UPDATE SET state = excluded.state, mark_max = excluded.mark_max, body = excluded.body`,
      first,
      last,
      has(flush, 'sent') ? 'sent' : has(flush, 'refused') ? 'failed' : 'done',
      marks.length === 0 ? null : Math.max(...marks),
      JSON.stringify(flush),
    );
  }

  /** The last entry that any flush held. */
  lastSent(): number {
    return this.#sql.exec<{ last: number | null }>('SELECT max(last) AS last FROM posting').one().last ?? 0;
  }

  /** Those that are not wholly posted, in sequence. */
  unfinished(): readonly Flush[] {
    return this.#flushes("state <> 'done'");
  }

  /** Every one that is still kept, in sequence. */
  kept(): readonly Flush[] {
    return this.#flushes('true');
  }

  /** As many as are wanted, the newest first. */
  newest(max: number): readonly Flush[] {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM posting ORDER BY first DESC LIMIT ?', max).toArray();
    return rows.map(({ body }) => JSON.parse(body) as Flush);
  }

  #flushes(where: string): readonly Flush[] {
    const rows = this.#sql.exec<{ body: string }>(`SELECT body FROM posting WHERE ${where} ORDER BY first`).toArray();
    return rows.map(({ body }) => JSON.parse(body) as Flush);
  }

  /** Those that hold any of the entries from one to another, in sequence. */
  between(first: number, last: number): readonly Flush[] {
    return this.#flushes(`first BETWEEN coalesce((SELECT max(first) FROM posting WHERE first <= ${first}), 0) AND ${last}`);
  }

  /** From which entry to which each kept flush reaches, in sequence; they never overlap. */
  ranges(): readonly { readonly first: number; readonly last: number }[] {
    return this.#sql.exec<{ first: number; last: number }>('SELECT first, last FROM posting ORDER BY first').toArray();
  }

  /** The flushes that hold these entries, each once. */
  *holding(sequences: readonly number[]): Generator<Flush> {
    const seen = new Set<number>();
    for (const sequence of sequences) {
      const [row] = this.#sql
        .exec<{ first: number; last: number; body: string }>(
          'SELECT first, last, body FROM posting WHERE first <= ? ORDER BY first DESC LIMIT 1',
          sequence,
        )
        .toArray();
      if (row === undefined || row.last < sequence || seen.has(row.first)) continue;
      seen.add(row.first);
      yield JSON.parse(row.body) as Flush;
    }
  }

  /** Counts at or before this mark cannot be compared any more. */
  get oldestMark(): number {
    return Number(readMeta(this.#sql, 'oldest_mark') ?? '0');
  }

  /**
   * Forgets what is settled (R32): seven days old, or in a count already. The newest flush stays, since it says how far
   * the journal has been sent. Only after a count is there more to find than the oldest.
   */
  settle(
    nowMs: number,
    counted: boolean,
    isInCounts: (fates: readonly Fate[]) => boolean,
    letGo: (first: number, last: number) => void,
  ): void {
    const rows = this.#sql.exec<{ first: number; last: number; mark_max: number | null; body: string }>(
      `SELECT first, last, mark_max, body FROM posting WHERE state = 'done' AND first < (SELECT max(first) FROM posting) ORDER BY first ${counted ? '' : 'LIMIT 1'}`,
    );
    for (const { first, last, mark_max, body } of rows.toArray()) {
      const { fates, sentAtMs } = JSON.parse(body) as Flush;
      const old = sentAtMs + SETTLED_AFTER_MS <= nowMs;
      if (!old && !(counted && isInCounts(fates))) continue;
      if (old && mark_max !== null && mark_max > this.oldestMark) writeMeta(this.#sql, 'oldest_mark', String(mark_max));
      this.#sql.exec('DELETE FROM posting WHERE first = ?', first);
      letGo(first, last);
    }
  }
}
