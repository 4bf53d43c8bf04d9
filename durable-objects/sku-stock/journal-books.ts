import { readCheckpoint } from './checkpoint.ts';
import { effectOf, linesAt } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import { factOf } from '../../domain/fact-of.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { PostingLine } from '../../domain/posting.ts';
import type { Place } from '../../domain/stock.ts';
import type { Books, Standing, Told } from '../../domain/variance.ts';
import type { Outbox } from './outbox.ts';
import type { StockLog } from './stock-log.ts';

/** What a count is compared with, read from the journal and the outbox. Counts are rare, so it may read much. */
export class JournalBooks implements Books {
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  readonly #outbox: Outbox;

  constructor(sql: SqlStorage, log: StockLog, outbox: Outbox) {
    this.#sql = sql;
    this.#log = log;
    this.#outbox = outbox;
  }

  get oldestMark(): number {
    return this.#outbox.rows.oldestMark;
  }

  get oldestMs(): number {
    return readCheckpoint(this.#sql).throughMs;
  }

  notInErp(place: Place, mark: number, told?: Told): readonly PostingLine[] | null {
    const entries = this.#outbox.entriesNotInErp(mark, (entry) => linesAt(entry, place).length > 0, told);
    return entries === null ? null : entries.flatMap((entry) => linesAt(entry, place));
  }

  beyond(source: SourceId, place: Place, mark: number): readonly PostingLine[] {
    return this.#log.journal
      .entriesBeyondMark(mark)
      .flatMap((entry) => (factOf(entry.event)?.source === source ? linesAt(entry, place) : []));
  }

  stoodStill(source: SourceId, place: Place, since: Standing): boolean {
    const { sent, unanswered, refused } = this.#outbox.standing();
    if (unanswered > 0 || since.unanswered > 0 || sent !== since.sent || refused !== since.refused) return false;
    for (const entry of this.#log.journal.entriesAfter(since.sequence)) {
      if (factOf(entry.event)?.source === source && linesAt(entry, place).length > 0) return false;
    }
    return true;
  }

  since(place: Place, asOfMs: number, books: 'erp' | 'front'): readonly PostingLine[] | null {
    const fates = new Map(books === 'erp' ? this.#outbox.fates().map((fate) => [fate.sequence, fate]) : []);
    const pending = new Set(books === 'erp' ? this.#outbox.pendingSequences() : []);
    const neverThere = pending.size > 0 || [...fates.values()].some(({ state }) => state === 'refused');
    const lines: PostingLine[] = [];
    for (const entry of this.#log.journal.entriesBack()) {
      const fate = fates.get(entry.sequence);
      const here = linesAt(entry, place);
      const lacks = pending.has(entry.sequence) || fate?.state === 'refused';
      const answeredLater = fate !== undefined && !lacks && (fate.answeredAtMs ?? Infinity) > asOfMs;
      if (lacks || knownAt(entry, books) > asOfMs) lines.push(...here);
      else if (answeredLater && here.length > 0) return null;
      // Entries before that time cannot have occurred later, and postings are answered in sequence.
      else if (entry.atMs <= asOfMs && !answeredLater && !neverThere) break;
    }
    // Older than any count that is taken: all that matters of them is whether the ERP has them.
    for (const entry of neverThere ? this.#log.journal.keptAfter(0) : [])
      if (pending.has(entry.sequence) || fates.get(entry.sequence)?.state === 'refused') lines.push(...linesAt(entry, place));
    return lines;
  }
}

/** An ERP knows of our entries only after they were recorded, of its own and anybody of the world when they happened. */
function knownAt(entry: Entry, books: 'erp' | 'front'): number {
  return books === 'erp' && effectOf(entry.event).own ? entry.atMs : occurredAt(entry);
}

function occurredAt({ event, atMs }: Entry): number {
  return event.type === 'counted' || event.type === 'reconciled' ? event.occurredAtMs : (factOf(event)?.occurredAtMs ?? atMs);
}
