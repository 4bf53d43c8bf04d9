import type { Entry } from '../../domain/event.ts';
import type { Sku } from '../../domain/ids.ts';
import { postingOf, type IssueAt, type Posting } from '../../domain/posting.ts';
import { FlushRows } from './flush-rows.ts';
import { answered, has, newFlush, sentAgain, type Fate, type Flush } from './flush.ts';
import { FLUSH_BYTES_MAX, FLUSH_POSTINGS_MAX, GATHER_MS } from './limits.ts';
import { firstWithin } from './message-size.ts';
import type { MovementsMessage, PostingOutcome, WaitingPosting } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { StockLog } from './stock-log.ts';

/** After so many entries that no ERP wants to hear of, it is written down that they were looked at. */
const LOOKED_AT_MIN = 1_000;

interface Pending {
  readonly sequence: number;
  readonly atMs: number;
}

/**
 * The postings of one SKU, in sequence. At most one flush is under way, so that a later entry never reaches the ERP
 * before an earlier one. The journal is the outbox: what lies beyond the last flush has not been sent.
 */
export class Outbox {
  readonly rows: FlushRows;
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  readonly #issueAt: IssueAt;
  readonly #sku: Sku;
  #pending: Pending[] = [];
  #flight: Flush | null = null;
  #oldest: Pending | null = null;
  #failed = 0;
  /** Entries up to here were sent, or need not be. */
  #lookedAtThrough = 0;

  constructor(storage: DurableObjectStorage, log: StockLog, sku: Sku, issueAt: IssueAt) {
    this.rows = new FlushRows(storage.sql);
    this.#sql = storage.sql;
    this.#log = log;
    this.#sku = sku;
    this.#issueAt = issueAt;
  }

  /** Memory from rows: the flush under way, and the journal's tail behind the last flush. */
  read(): void {
    const unfinished = this.rows.unfinished();
    this.#flight = unfinished.find((flush) => has(flush, 'sent')) ?? null;
    this.#failed = unfinished.flatMap(({ fates }) => fates).filter(({ state }) => state === 'refused').length;
    this.#lookedAtThrough = Math.max(this.rows.lastSent(), Number(readMeta(this.#sql, 'looked_at_through') ?? '0'));
    this.#pending = [];
    this.#oldest = null;
    for (const entry of this.#log.journal.entriesAfter(this.#lookedAtThrough)) this.note(entry);
  }

  /** Takes a new entry into account once it is stored. */
  note(entry: Entry): void {
    if (postingOf(this.#sku, entry, this.#issueAt) !== null) this.#pending.push({ sequence: entry.sequence, atMs: entry.atMs });
  }

  get failed(): number {
    return this.#failed;
  }

  get waitingCount(): number {
    return this.#unanswered().length + this.#pending.length;
  }

  /** Postings that the ERP has not confirmed, and since when the oldest of them waits. */
  waitingSince(): { readonly count: number; readonly oldestAtMs: number | null } {
    return { count: this.waitingCount, oldestAtMs: this.waitingSinceMs() };
  }

  /** Every offer asks for it, so the journal is read only when another posting is the oldest. */
  waitingSinceMs(): number | null {
    const [sequence] = this.#unanswered();
    if (sequence === undefined) return this.#pending[0]?.atMs ?? null;
    if (this.#oldest?.sequence !== sequence) {
      const [entry] = this.#log.journal.entriesAt([sequence]);
      this.#oldest = entry === undefined ? null : { sequence, atMs: entry.atMs };
    }
    return this.#oldest?.atMs ?? null;
  }

  /** When there is something to send, or null. */
  nextFlushMs(): number | null {
    if (this.#flight !== null) return this.#flight.nextAtMs;
    const [oldest] = this.#pending;
    return oldest === undefined ? null : oldest.atMs + GATHER_MS;
  }

  /** The message to send now, written down before it leaves: from here on the ERP may know its postings. */
  take(nowMs: number): MovementsMessage | null {
    if (this.#flight === null) return this.#pending.length > 0 ? this.#takePending(nowMs) : null;
    if (this.#flight.nextAtMs > nowMs) return null;
    const again = sentAgain(this.#flight, nowMs);
    this.#write(again);
    return { sku: this.#sku, sentAtMs: nowMs, attempt: again.attempt, postings: this.#postingsAt(this.#unanswered()) };
  }

  #takePending(nowMs: number): MovementsMessage {
    const candidates = this.#pending.slice(0, FLUSH_POSTINGS_MAX).map(({ sequence }) => sequence);
    const postings = firstWithin(FLUSH_BYTES_MAX, this.#postingsAt(candidates));
    this.#pending = this.#pending.slice(postings.length);
    this.#lookedAtThrough = postings.at(-1)?.sequence ?? this.#lookedAtThrough;
    const flush = newFlush(
      postings.map(({ sequence }) => sequence),
      nowMs,
    );
    this.#write(flush);
    return { sku: this.#sku, sentAtMs: nowMs, attempt: flush.attempt, postings };
  }

  /** Takes answers one by one; an answer that comes twice writes nothing. */
  acknowledge(outcomes: readonly PostingOutcome[], nowMs: number, random: number): Acknowledged {
    const done: { posted: number; refused: number[]; found: number[] } = { posted: 0, refused: [], found: [] };
    for (const before of this.rows.holding(outcomes.map(({ sequence }) => sequence))) {
      const after = answered(before, outcomes, nowMs, random);
      if (after === before) continue;
      this.#write(after);
      for (const [index, { sequence, state }] of after.fates.entries()) {
        const was = before.fates[index]?.state;
        if (state === was) continue;
        if (state === 'posted') done.posted += 1;
        if (state === 'posted' && was === 'refused') done.found.push(sequence);
        if (state === 'refused') done.refused.push(sequence);
      }
    }
    this.#failed += done.refused.length - done.found.length;
    return done;
  }

  #write(flush: Flush): void {
    this.rows.write(flush);
    if (has(flush, 'sent')) this.#flight = flush;
    else if (this.#flight?.fates[0]?.sequence === flush.fates[0]?.sequence) this.#flight = null;
  }

  #unanswered(): readonly number[] {
    return this.#flight?.fates.filter(({ state }) => state === 'sent').map(({ sequence }) => sequence) ?? [];
  }

  #postingsAt(sequences: readonly number[]): readonly Posting[] {
    return this.#log.journal.entriesAt(sequences).flatMap((entry) => postingOf(this.#sku, entry, this.#issueAt) ?? []);
  }

  unitsOf(sequence: number): number {
    return this.#postingsAt([sequence])[0]?.quantity ?? 0;
  }

  waiting(after: number, limit: number): readonly WaitingPosting[] {
    const refused = this.rows.unfinished().flatMap(({ fates }) => fates.filter(({ state }) => state === 'refused'));
    const states = new Map<number, WaitingPosting['state']>([
      ...refused.map(({ sequence }) => [sequence, 'failed'] as const),
      ...this.#unanswered().map((sequence) => [sequence, 'sent'] as const),
      ...this.#pending.map(({ sequence }) => [sequence, 'pending'] as const),
    ]);
    const wanted = [...states.keys()].filter((sequence) => sequence > after).sort((a, b) => a - b);
    return this.#postingsAt(wanted.slice(0, limit)).map((posting) => {
      const state = states.get(posting.sequence) ?? 'pending';
      const sent = state === 'sent' ? this.#flight : null;
      return { posting, state, attempts: sent?.attempt ?? 0, sentAtMs: sent?.sentAtMs ?? null };
    });
  }

  /** Every posting whose flush is still kept. */
  fates(): readonly Fate[] {
    return this.rows.kept().flatMap(({ fates }) => fates);
  }

  pendingSequences(): readonly number[] {
    return this.#pending.map(({ sequence }) => sequence);
  }

  /** Remembers how far the journal was read when a long stretch needed no posting: start-up stays short. */
  saveProgress(head: number): void {
    if (this.#pending.length > 0 || head - this.#lookedAtThrough < LOOKED_AT_MIN) return;
    writeMeta(this.#sql, 'looked_at_through', String(head));
    this.#lookedAtThrough = head;
  }

  /** Entries that call for a posting since the oldest kept one, against the postings that are kept (I11). */
  countNeeded(): { readonly kept: number; readonly calledFor: number } {
    const fates = this.fates();
    const known = new Set([...fates.map(({ sequence }) => sequence), ...this.pendingSequences()]);
    const newestFlush = fates.at(-1)?.sequence ?? 0;
    let calledFor = 0;
    let kept = 0;
    for (const entry of this.#log.journal.entriesAfter(0)) {
      // Flushes before the newest may be settled and gone.
      const settled = entry.sequence <= newestFlush && !known.has(entry.sequence);
      if (settled || postingOf(this.#sku, entry, this.#issueAt) === null) continue;
      calledFor += 1;
      if (known.has(entry.sequence)) kept += 1;
    }
    return { kept, calledFor };
  }

  /** Entries whose effect the ERP's number at `mark` lacks; null while the answer for one of these places is out. */
  entriesNotInErp(mark: number, touches: (entry: Entry) => boolean): readonly Entry[] | null {
    const fates = this.fates();
    const entriesOf = (some: readonly Fate[]): readonly Entry[] =>
      this.#log.journal.entriesAt(some.map(({ sequence }) => sequence)).filter(touches);
    if (entriesOf(fates.filter(({ state }) => state === 'sent')).length > 0) return null;
    const lacks = ({ state, mark: at }: Fate): boolean => state === 'refused' || (state === 'posted' && at !== null && at > mark);
    return [...entriesOf(fates.filter(lacks)), ...this.#log.journal.entriesAt(this.pendingSequences()).filter(touches)];
  }
}

export interface Acknowledged {
  readonly posted: number;
  /** Refused for good just now. */
  readonly refused: readonly number[];
  /** Refused earlier, posted after all. */
  readonly found: readonly number[];
}
