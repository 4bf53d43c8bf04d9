import type { PostedLately } from '../../domain/comparison.ts';
import type { Entry } from '../../domain/event.ts';
import { earliest } from '../../domain/edges.ts';
import type { Sku } from '../../domain/ids.ts';
import { postingOf, type IssueAt, type Posting } from '../../domain/posting.ts';
import { lacksSent, type Standing, type Told } from '../../domain/variance.ts';
import { FlushRows } from './flush-rows.ts';
import {
  answered,
  givenUp,
  goesAgain,
  has,
  isRefused,
  newFlush,
  sentAgain,
  sentOnceMore,
  type Fate,
  type Flush,
} from './flush.ts';
import { FLUSH_BYTES_MAX, FLUSH_POSTINGS_MAX, GATHER_MS, LOOKED_AT_MIN, SETTLED_AFTER_MS } from './limits.ts';
import { firstWithin } from './message-size.ts';
import { NeededPostings } from './needed-postings.ts';
import type { MovementsMessage, PostingOutcome, Replayed, WaitingPosting, WantedAgain } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';
import { wantedAgain } from './replay.ts';
import type { StockLog } from './stock-log.ts';

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
  /** Refused postings by the first entry of their flush. */
  readonly #refusedIn = new Map<number, number>();
  /** Those that somebody wants to go out again, in sequence. */
  #again: readonly Pending[] = [];
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
    this.#refusedIn.clear();
    this.#again = [];
    for (const flush of unfinished) this.#noteRefusals(flush);
    this.#lookedAtThrough = Math.max(this.rows.lastSent(), Number(readMeta(this.#sql, 'looked_at_through') ?? '0'));
    this.#pending = [];
    this.#oldest = null;
    const { journal } = this.#log;
    for (const entry of journal.keptAfter(this.#lookedAtThrough)) this.note(entry);
    for (const entry of journal.entriesAfter(this.#lookedAtThrough)) this.note(entry);
  }

  /** Takes a new entry into account once it is stored. */
  note(entry: Entry): void {
    if (postingOf(this.#sku, entry, this.#issueAt) !== null) this.#pending.push({ sequence: entry.sequence, atMs: entry.atMs });
  }

  get failed(): number {
    return [...this.#refusedIn.values()].reduce((total, refused) => total + refused, 0);
  }

  get waitingCount(): number {
    return this.#unanswered().length + this.#again.length + this.#pending.length;
  }

  /** Postings that the ERP has not confirmed, and since when the oldest of them waits. */
  waitingSince(): { readonly count: number; readonly oldestAtMs: number | null } {
    return { count: this.waitingCount, oldestAtMs: this.waitingSinceMs() };
  }

  /** Of what goes out again, since somebody asked for that. */
  waitingSinceMs(): number | null {
    const [pending] = this.#pending;
    const since = [this.#unansweredSinceMs(), ...this.#again.map(({ atMs }) => atMs), pending?.atMs ?? null];
    return earliest(...since);
  }

  /** Every offer asks for it, so the journal is read only when another posting is the oldest. */
  #unansweredSinceMs(): number | null {
    const oldest = this.#flight?.fates.find(({ state }) => state === 'sent');
    if (oldest === undefined) return null;
    const { sequence, againAtMs } = oldest;
    if (againAtMs !== undefined) return againAtMs;
    if (this.#oldest?.sequence !== sequence) {
      const [entry] = this.#log.journal.entriesAt([sequence]);
      this.#oldest = entry === undefined ? null : { sequence, atMs: entry.atMs };
    }
    return this.#oldest?.atMs ?? null;
  }

  /** When there is something to send, or null. */
  nextFlushMs(): number | null {
    if (this.#flight !== null) return this.#flight.nextAtMs;
    const [again] = this.#again;
    const [oldest] = this.#pending;
    return again?.atMs ?? (oldest === undefined ? null : oldest.atMs + GATHER_MS);
  }

  /** A flush that waits for its next attempt need wait no longer. One that is under way does: somebody may be posting it. */
  hurry(nowMs: number): boolean {
    if (this.#flight === null || this.#flight.silent > 0 || this.#flight.nextAtMs <= nowMs) return false;
    this.#flight = { ...this.#flight, nextAtMs: nowMs };
    return true;
  }

  /** The message to send now, written down before it leaves: from here on the ERP may know its postings. */
  take(nowMs: number): MovementsMessage | null {
    if (this.#flight === null) {
      // What goes out again is older than all that was never sent.
      const again = this.#takeAgain(nowMs);
      return again ?? (this.#pending.length > 0 ? this.#takePending(nowMs) : null);
    }
    if (this.#flight.nextAtMs > nowMs) return null;
    const again = sentAgain(this.#flight, nowMs);
    this.#write(again);
    return { sku: this.#sku, sentAtMs: nowMs, attempt: again.attempt, postings: this.#postingsAt(this.#unanswered()) };
  }

  #takeAgain(nowMs: number): MovementsMessage | null {
    for (let [oldest] = this.#again; oldest !== undefined; [oldest] = this.#again) {
      const [flush] = this.rows.holding([oldest.sequence]);
      const wanted = flush?.fates.filter(goesAgain).map(({ sequence }) => sequence) ?? [];
      const known = this.#postingsAt(wanted);
      const postings = firstWithin(FLUSH_BYTES_MAX, known);
      if (flush !== undefined && postings.length > 0) {
        const once = sentOnceMore(flush, new Set(postings.map(({ sequence }) => sequence)), nowMs);
        this.#write(once);
        return { sku: this.#sku, sentAtMs: nowMs, attempt: once.attempt, postings };
      }
      if (flush === undefined) this.#again = this.#again.slice(1);
      else this.#write(givenUp(flush, new Set(wanted)));
    }
    return null;
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
        const { state: was, againAtMs } = before.fates[index] ?? {};
        if (state === was) continue;
        if (state === 'posted') done.posted += 1;
        if (state === 'posted' && (was === 'refused' || againAtMs !== undefined)) done.found.push(sequence);
        if (state === 'refused') done.refused.push(sequence);
      }
    }
    return done;
  }

  /** What is neither under way nor in the ERP goes out again, in sequence, before what was never sent. */
  replay(wanted: readonly WantedAgain[], nowMs: number, head: number): readonly Replayed[] {
    const kindOf = (sequence: number): 'posting' | 'none' | 'forgotten' => {
      const [entry] = this.#log.journal.entriesAt([sequence]);
      if (entry === undefined) return sequence > head || sequence < 1 ? 'none' : 'forgotten';
      return postingOf(this.#sku, entry, this.#issueAt) === null ? 'none' : 'posting';
    };
    const known = { rows: this.rows, pending: new Set(this.pendingSequences()), kindOf };
    const { outcomes, flushes } = wantedAgain(wanted, known, nowMs);
    for (const flush of flushes) this.#write(flush);
    return outcomes;
  }

  #write(flush: Flush): void {
    this.rows.write(flush);
    this.#noteRefusals(flush);
    if (has(flush, 'sent')) this.#flight = flush;
    else if (this.#flight?.fates[0]?.sequence === flush.fates[0]?.sequence) this.#flight = null;
  }

  #noteRefusals({ fates }: Flush): void {
    const first = fates[0]?.sequence ?? 0;
    const last = fates.at(-1)?.sequence ?? 0;
    const refused = fates.filter(isRefused).length;
    if (refused > 0) this.#refusedIn.set(first, refused);
    else this.#refusedIn.delete(first);
    const again = fates.flatMap(({ sequence, againAtMs, state }) =>
      againAtMs === undefined || state !== 'refused' ? [] : [{ sequence, atMs: againAtMs }],
    );
    if (again.length === 0 && this.#again.length === 0) return;
    const others = this.#again.filter(({ sequence }) => sequence < first || sequence > last);
    this.#again = [...others, ...again].sort((a, b) => a.sequence - b.sequence);
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
    const states = new Map<number, Omit<WaitingPosting, 'posting'>>();
    for (const { fates, attempt, sentAtMs } of this.rows.unfinished()) {
      for (const fate of fates) {
        if (isRefused(fate)) states.set(fate.sequence, { state: 'failed', attempts: 0, sentAtMs: null });
        if (goesAgain(fate)) states.set(fate.sequence, { state: 'pending', attempts: attempt, sentAtMs });
        if (fate.state === 'sent') states.set(fate.sequence, { state: 'sent', attempts: attempt, sentAtMs });
      }
    }
    for (const { sequence } of this.#pending) states.set(sequence, { state: 'pending', attempts: 0, sentAtMs: null });
    const wanted = [...states.keys()].filter((sequence) => sequence > after).sort((a, b) => a - b);
    return this.#postingsAt(wanted.slice(0, limit)).flatMap((posting) => {
      const state = states.get(posting.sequence);
      return state === undefined ? [] : [{ posting, ...state }];
    });
  }

  /** Every posting whose flush is still kept. */
  fates(): readonly Fate[] {
    return this.rows.kept().flatMap(({ fates }) => fates);
  }

  /** Entries whose posting is needed yet: it waits, was refused, or may still be compared with a count (R32). */
  unsettled(nowMs: number): readonly number[] {
    const settled = ({ state, answeredAtMs }: Fate): boolean =>
      state === 'posted' && (answeredAtMs ?? 0) + SETTLED_AFTER_MS <= nowMs;
    const open = this.fates().filter((fate) => !settled(fate));
    return [...open.map(({ sequence }) => sequence), ...this.pendingSequences()];
  }

  pendingSequences(): readonly number[] {
    return this.#pending.map(({ sequence }) => sequence);
  }

  /** What the ERP answered as posted, the newest first. */
  postedLately(max: number): readonly PostedLately[] {
    const fates = this.rows.newest(max).flatMap((flush) => flush.fates.toReversed());
    const posted = fates.filter(({ state }) => state === 'posted').slice(0, max);
    const postings = this.#postingsAt(posted.map(({ sequence }) => sequence)).map(({ key, sequence, lines }) => {
      return { key, sequence, lines };
    });
    return postings.sort((a, b) => b.sequence - a.sequence);
  }

  /** How far the postings got, for whoever asks an ERP what it has (R34, R35). */
  standing(): Omit<Standing, 'sequence'> {
    const through = this.rows.lastSent();
    const sequences = this.#unanswered();
    const refused = this.failed + this.#again.length;
    return { sent: through, unanswered: sequences.length, refused, underWay: { through, sequences } };
  }

  /** Remembers how far the journal was read when a long stretch needed no posting: start-up stays short. */
  saveProgress(head: number): void {
    if (this.#pending.length > 0 || head - this.#lookedAtThrough < LOOKED_AT_MIN) return;
    writeMeta(this.#sql, 'looked_at_through', String(head));
    this.#lookedAtThrough = head;
  }

  /** Who looks at each entry up to now finds out whether what calls for a posting has one. */
  needed(): NeededPostings {
    const callsForOne = (entry: Entry): boolean => postingOf(this.#sku, entry, this.#issueAt) !== null;
    return new NeededPostings(this.rows, this.pendingSequences(), callsForOne);
  }

  /** Entries whose effect the ERP's number at `mark` lacks; null while nobody can know it of one of them. */
  entriesNotInErp(mark: number, touches: (entry: Entry) => boolean, told?: Told): readonly Entry[] | null {
    const fates = this.fates();
    const entriesOf = (some: readonly Fate[]): readonly Entry[] =>
      this.#log.journal.entriesAt(some.map(({ sequence }) => sequence)).filter(touches);
    const sent = fates.filter(({ state }) => state === 'sent');
    if (entriesOf(sent.filter(({ sequence }) => lacksSent(sequence, mark, told) === null)).length > 0) return null;
    const lacks = ({ sequence, state, mark: at }: Fate): boolean =>
      state === 'refused' ||
      (state === 'posted' && at !== null && at > mark) ||
      (state === 'sent' && lacksSent(sequence, mark, told) === true);
    return [...entriesOf(fates.filter(lacks)), ...this.#log.journal.entriesAt(this.pendingSequences()).filter(touches)];
  }
}

export interface Acknowledged {
  readonly posted: number;
  /** Refused for good just now. */
  readonly refused: readonly number[];
  /** Refused earlier, or lost by the ERP, and posted after all. */
  readonly found: readonly number[];
}
