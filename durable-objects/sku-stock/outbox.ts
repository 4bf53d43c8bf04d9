import { effectOf } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import type { Sku } from '../../domain/ids.ts';
import { postingOf, type IssueAt, type Posting } from '../../domain/posting.ts';
import { nextAttemptMs } from '../../domain/retry.ts';
import type { Case } from '../../domain/stock.ts';
import {
  ACKNOWLEDGE_WAIT_MAX_MS,
  ACKNOWLEDGE_WAIT_MS,
  FLUSH_BYTES_MAX,
  FLUSH_POSTINGS_MAX,
  GATHER_MS,
  SETTLED_AFTER_MS,
} from './limits.ts';
import { firstWithin } from './message-size.ts';
import type { MovementsMessage, PostingOutcome, WaitingPosting } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { StockLog } from './stock-log.ts';

/** What became of one posting of a flush. `sent` means that nobody knows yet. */
export interface Fate {
  readonly sequence: number;
  readonly state: 'sent' | 'posted' | 'refused';
  readonly mark: number | null;
  readonly answeredAtMs: number | null;
}

export interface Flush {
  readonly attempt: number;
  /** How often it was sent since anybody answered. */
  readonly silent: number;
  readonly sentAtMs: number;
  /** When it is sent again if it is not answered. */
  readonly nextAtMs: number;
  readonly fates: readonly Fate[];
}

interface Pending {
  readonly sequence: number;
  readonly atMs: number;
}

/**
 * The postings of one SKU, in sequence. At most one flush is under way, so that a later entry never reaches the ERP
 * before an earlier one. The journal is the outbox: what lies beyond the last flush has not been sent.
 */
export class Outbox {
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  readonly #issueAt: IssueAt;
  readonly #sku: Sku;
  #pending: Pending[] = [];
  #flight: Flush | null = null;
  #failed = 0;
  /** Postings of entries up to here have been sent; kept ahead of entries that need none. */
  #scannedThrough = 0;

  constructor(storage: DurableObjectStorage, log: StockLog, sku: Sku, issueAt: IssueAt) {
    this.#sql = storage.sql;
    this.#log = log;
    this.#sku = sku;
    this.#issueAt = issueAt;
  }

  /** Memory from rows: the flush under way, and the journal's tail behind the last flush. */
  read(): void {
    this.#flight = null;
    this.#failed = 0;
    for (const row of this.#sql.exec<{ last: number; state: string; body: string }>(
      'SELECT last, state, body FROM posting ORDER BY first',
    )) {
      const flush = JSON.parse(row.body) as Flush;
      if (row.state === 'sent') this.#flight = flush;
      this.#failed += flush.fates.filter(({ state }) => state === 'refused').length;
      this.#scannedThrough = Math.max(this.#scannedThrough, row.last);
    }
    this.#scannedThrough = Math.max(this.#scannedThrough, Number(readMeta(this.#sql, 'scanned_through') ?? '0'));
    this.#pending = [];
    for (const entry of this.#log.journal.entriesAfter(this.#scannedThrough)) this.note(entry);
  }

  /** Takes a new entry into account once it is stored. */
  note(entry: Entry): void {
    if (postingOf(this.#sku, entry, this.#issueAt) !== null) this.#pending.push({ sequence: entry.sequence, atMs: entry.atMs });
  }

  get failed(): number {
    return this.#failed;
  }

  get inFlight(): number {
    return this.#flight?.fates.filter(({ state }) => state === 'sent').length ?? 0;
  }

  get waitingCount(): number {
    return this.inFlight + this.#pending.length;
  }

  /** Postings that the ERP has not confirmed, and since when the oldest of them waits. */
  waitingSince(): { readonly count: number; readonly oldestAtMs: number | null } {
    const unanswered = this.#unanswered();
    const first = unanswered[0] === undefined ? undefined : this.#log.journal.entriesAt([unanswered[0]])[0];
    return { count: unanswered.length + this.#pending.length, oldestAtMs: first?.atMs ?? this.#pending[0]?.atMs ?? null };
  }

  /** When there is something to send, or null. */
  nextFlushMs(): number | null {
    if (this.#flight !== null) return this.#flight.nextAtMs;
    const [oldest] = this.#pending;
    return oldest === undefined ? null : oldest.atMs + GATHER_MS;
  }

  /** The message to send now, written down before it leaves: from here on the ERP may know its postings. */
  take(nowMs: number): MovementsMessage | null {
    const flight = this.#flight;
    if (flight === null) return this.#pending.length > 0 ? this.#takePending(nowMs) : null;
    if (flight.nextAtMs > nowMs) return null;
    const attempt = flight.attempt + 1;
    const silent = flight.silent + 1;
    this.#write({ ...flight, attempt, silent, sentAtMs: nowMs, nextAtMs: nowMs + patienceMs(silent) });
    return { sku: this.#sku, sentAtMs: nowMs, attempt, postings: this.#postingsAt(this.#unanswered()) };
  }

  #takePending(nowMs: number): MovementsMessage {
    const candidates = this.#pending.slice(0, FLUSH_POSTINGS_MAX).map(({ sequence }) => sequence);
    const postings = firstWithin(FLUSH_BYTES_MAX, this.#postingsAt(candidates));
    this.#pending = this.#pending.slice(postings.length);
    const fates = postings.map(({ sequence }): Fate => ({ sequence, state: 'sent', mark: null, answeredAtMs: null }));
    this.#scannedThrough = fates.at(-1)?.sequence ?? this.#scannedThrough;
    this.#write({ attempt: 1, silent: 1, sentAtMs: nowMs, nextAtMs: nowMs + patienceMs(1), fates });
    return { sku: this.#sku, sentAtMs: nowMs, attempt: 1, postings };
  }

  /** Takes answers one by one; an answer that comes twice changes nothing. Returns what the ERP refused just now. */
  acknowledge(outcomes: readonly PostingOutcome[], nowMs: number, random: number): Acknowledged {
    const posted: number[] = [];
    const refused: { readonly sequence: number; readonly detail: string }[] = [];
    const found: number[] = [];
    let retryAfterMs: number | null = null;
    let retried = false;
    for (const flush of this.#flushesOf(outcomes)) {
      let unknown = false;
      const fates = flush.fates.map((fate): Fate => {
        const outcome = outcomes.find(({ sequence }) => sequence === fate.sequence);
        if (outcome === undefined || fate.state === 'posted' || fate.state === outcome.outcome) return fate;
        switch (outcome.outcome) {
          case 'posted':
            (fate.state === 'refused' ? found : posted).push(fate.sequence);
            return { ...fate, state: 'posted', mark: outcome.mark, answeredAtMs: nowMs };
          case 'refused':
            if (fate.state === 'sent') refused.push({ sequence: fate.sequence, detail: outcome.detail });
            return { ...fate, state: 'refused', answeredAtMs: nowMs };
          case 'unknown':
            unknown = true;
            retryAfterMs = outcome.retryAfterMs ?? retryAfterMs;
            return fate;
        }
      });
      retried ||= unknown;
      // An answer that comes twice writes nothing.
      if (!unknown && fates.every((fate, index) => fate === flush.fates[index])) continue;
      const nextAtMs = unknown ? nextAttemptMs({ attempt: flush.attempt, nowMs, random, retryAfterMs }) : flush.nextAtMs;
      this.#write({ ...flush, silent: 0, fates, nextAtMs });
    }
    this.#failed += refused.length - found.length;
    return { posted, refused, found, retried };
  }

  *#flushesOf(outcomes: readonly PostingOutcome[]): Generator<Flush> {
    const firsts = new Set<number>();
    for (const { sequence } of outcomes) {
      const row = this.#sql
        .exec<{ first: number; last: number; body: string }>(
          'SELECT first, last, body FROM posting WHERE first <= ? ORDER BY first DESC LIMIT 1',
          sequence,
        )
        .toArray()[0];
      if (row === undefined || row.last < sequence || firsts.has(row.first)) continue;
      firsts.add(row.first);
      yield JSON.parse(row.body) as Flush;
    }
  }

  #write(flush: Flush): void {
    const first = flush.fates[0]?.sequence;
    const last = flush.fates.at(-1)?.sequence;
    if (first === undefined || last === undefined) return;
    const open = flush.fates.some(({ state }) => state === 'sent');
    const marks = flush.fates.flatMap(({ mark }) => mark ?? []);
    this.#sql.exec(
      `INSERT INTO posting (first, last, state, mark_max, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (first) DO UPDATE SET state = excluded.state, mark_max = excluded.mark_max, body = excluded.body`,
      first,
      last,
      open ? 'sent' : 'done',
      marks.length === 0 ? null : Math.max(...marks),
      JSON.stringify(flush),
    );
    if (open) this.#flight = flush;
    else if (this.#flight?.fates[0]?.sequence === first) this.#flight = null;
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
    const refused = this.fates().filter(({ state }) => state === 'refused');
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

  /** Every posting that is still kept, sent ones first, then the pending ones. */
  fates(): readonly Fate[] {
    return this.#sql
      .exec<{ body: string }>('SELECT body FROM posting ORDER BY first')
      .toArray()
      .flatMap(({ body }) => (JSON.parse(body) as Flush).fates);
  }

  pendingSequences(): readonly number[] {
    return this.#pending.map(({ sequence }) => sequence);
  }

  /** Counts at or before this mark cannot be compared any more. */
  get oldestMark(): number {
    return Number(readMeta(this.#sql, 'oldest_mark') ?? '0');
  }

  /**
   * Forgets postings that are settled (R32): seven days old, or in a count already. The newest flush stays, since it
   * says how far the journal has been sent. Only after a count is there more to find than the oldest.
   */
  settle(nowMs: number, counted: boolean, isInCounts: (fates: readonly Fate[]) => boolean): void {
    const rows = this.#sql.exec<{ first: number; mark_max: number | null; body: string }>(
      `SELECT first, mark_max, body FROM posting WHERE state = 'done' AND first < (SELECT max(first) FROM posting) ORDER BY first ${counted ? '' : 'LIMIT 1'}`,
    );
    for (const { first, mark_max, body } of rows.toArray()) {
      const { fates, sentAtMs } = JSON.parse(body) as Flush;
      if (fates.some(({ state }) => state === 'refused')) continue;
      const old = sentAtMs + SETTLED_AFTER_MS <= nowMs;
      if (!old && !(counted && isInCounts(fates))) continue;
      if (old && mark_max !== null && mark_max > this.oldestMark) writeMeta(this.#sql, 'oldest_mark', String(mark_max));
      this.#sql.exec('DELETE FROM posting WHERE first = ?', first);
    }
  }

  /** Remembers how far the journal was read for postings when a long stretch needed none: start-up stays short. */
  saveProgress(head: number): void {
    if (this.#pending.length > 0 || head - this.#scannedThrough < 1_000) return;
    writeMeta(this.#sql, 'scanned_through', String(head));
    this.#scannedThrough = head;
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
    const unanswered = this.#log.journal.entriesAt(fates.filter(({ state }) => state === 'sent').map(({ sequence }) => sequence));
    if (unanswered.some(touches)) return null;
    const lacking = fates.filter(
      (fate) => fate.state === 'refused' || (fate.state === 'posted' && fate.mark !== null && fate.mark > mark),
    );
    return this.#log.journal.entriesAt([...lacking.map(({ sequence }) => sequence), ...this.pendingSequences()]).filter(touches);
  }
}

/**
 * A queue that is slow gets no more to do because it is slow. Only silence counts: an ERP that said no for an hour is
 * no reason to wait long for a message that got lost thereafter.
 */
function patienceMs(silent: number): number {
  return Math.min(ACKNOWLEDGE_WAIT_MS * 2 ** (silent - 1), ACKNOWLEDGE_WAIT_MAX_MS);
}

export interface Acknowledged {
  readonly posted: readonly number[];
  readonly refused: readonly { readonly sequence: number; readonly detail: string }[];
  /** Refused earlier, posted after all. */
  readonly found: readonly number[];
  readonly retried: boolean;
}

export function touchesPlace(entry: Entry, location: string, status: string): boolean {
  return effectOf(entry.event).lines.some((line) => line.location === location && line.status === status);
}

export function caseOfPosting(cases: Iterable<Case>, sequence: number): Case | undefined {
  return [...cases].find(({ about }) => about.kind === 'posting_refused' && about.posting === sequence);
}
