import { effectOf } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import type { Sku, SourceId } from '../../domain/ids.ts';
import { postingOf, type IssueAt, type PostingLine } from '../../domain/posting.ts';
import type { Place } from '../../domain/stock.ts';
import type { Books, Standing, Told } from '../../domain/variance.ts';

type PostingState =
  | { readonly state: 'pending' }
  | { readonly state: 'sent' }
  | { readonly state: 'posted'; readonly mark: number | null; readonly answeredAtMs: number };

const PENDING: PostingState = { state: 'pending' };

/** Journal and outbox as lists in memory, read from end to end for every question. */
export class PaperBooks implements Books {
  readonly entries: Entry[] = [];
  readonly #states = new Map<number, PostingState>();
  readonly #sku: Sku;
  readonly #issueAt: IssueAt;
  oldestMark = 0;
  oldestMs = 0;

  constructor(sku: Sku, issueAt: IssueAt) {
    this.#sku = sku;
    this.#issueAt = issueAt;
  }

  record(entries: readonly Entry[]): void {
    this.entries.push(...entries);
  }

  stateOf({ sequence }: Entry): PostingState {
    return this.#states.get(sequence) ?? PENDING;
  }

  sent({ sequence }: Entry): void {
    this.#states.set(sequence, { state: 'sent' });
  }

  /** The ERP answered that it does not have it. */
  unposted({ sequence }: Entry): void {
    this.#states.delete(sequence);
  }

  posted({ sequence }: Entry, mark: number | null, answeredAtMs: number): void {
    this.#states.set(sequence, { state: 'posted', mark, answeredAtMs });
  }

  /** Entries that the ERP must know, whether it does or not. */
  postings(): readonly Entry[] {
    return this.entries.filter((entry) => postingOf(this.#sku, entry, this.#issueAt) !== null);
  }

  waitingSinceMs(): number | null {
    return this.postings().find((entry) => this.stateOf(entry).state !== 'posted')?.atMs ?? null;
  }

  notInErp(place: Place, mark: number, told?: Told): readonly PostingLine[] | null {
    const here = this.postings().filter((entry) => linesAt(entry, place).length > 0);
    const isSent = (entry: Entry): boolean => this.stateOf(entry).state === 'sent';
    // By hand, and not as the domain does it: the ERP's own answer, or that it cannot have been asked for it yet.
    const answer = ({ sequence }: Entry): number | null | undefined => {
      if (told === undefined) return undefined;
      if (sequence > told.through) return null;
      return told.postings.find((one) => one.sequence === sequence)?.mark;
    };
    if (here.some((entry) => isSent(entry) && answer(entry) === undefined)) return null;
    return here
      .filter((entry) => {
        const state = this.stateOf(entry);
        if (state.state === 'sent') return (answer(entry) ?? Infinity) > mark;
        return state.state !== 'posted' || (state.mark ?? 0) > mark;
      })
      .flatMap((entry) => linesAt(entry, place));
  }

  beyond(source: SourceId, place: Place, mark: number): readonly PostingLine[] {
    return this.entries
      .filter(({ event }) => {
        const stated =
          event.type === 'moved' || (event.type === 'ordered' && event.books === 'erp')
            ? event
            : event.type === 'shipped' || event.type === 'reallocated'
              ? event.stated
              : null;
        return stated?.source === source && stated.mark !== null && stated.mark > mark;
      })
      .flatMap((entry) => linesAt(entry, place));
  }

  stoodStill(source: SourceId, place: Place, since: Standing): boolean {
    const now = this.standing();
    if (now.unanswered > 0 || since.unanswered > 0 || now.sent !== since.sent) return false;
    const told = this.entries.filter(({ sequence }) => sequence > since.sequence);
    return !told.some((entry) => !effectOf(entry.event).own && sourceIn(entry) === source && linesAt(entry, place).length > 0);
  }

  /** How far the postings got: each that is answered counts, whichever it is. */
  standing(): Standing & Required<Pick<Standing, 'underWay'>> {
    const postings = this.postings();
    const states = postings.map((entry) => this.stateOf(entry).state);
    const sequencesIn = (...wanted: readonly PostingState['state'][]): readonly number[] =>
      postings.filter((entry) => wanted.includes(this.stateOf(entry).state)).map(({ sequence }) => sequence);
    return {
      sequence: this.entries.at(-1)?.sequence ?? 0,
      sent: states.filter((state) => state !== 'pending').length,
      unanswered: states.filter((state) => state === 'sent').length,
      refused: 0,
      underWay: { through: Math.max(0, ...sequencesIn('sent', 'posted')), sequences: sequencesIn('sent') },
    };
  }

  since(place: Place, asOfMs: number, books: 'erp' | 'front'): readonly PostingLine[] | null {
    if (books === 'front')
      return this.entries.filter((entry) => occurredAtMs(entry) > asOfMs).flatMap((entry) => linesAt(entry, place));
    const own = this.postings().filter((entry) => linesAt(entry, place).length > 0);
    const unclear = own.some((entry) => {
      const state = this.stateOf(entry);
      return state.state === 'sent' || (state.state === 'posted' && entry.atMs <= asOfMs && state.answeredAtMs > asOfMs);
    });
    if (unclear) return null;
    const lacking = own.filter((entry) => {
      const state = this.stateOf(entry);
      return state.state === 'pending' || state.state === 'sent' || state.answeredAtMs > asOfMs;
    });
    const stated = this.entries.filter((entry) => !effectOf(entry.event).own && occurredAtMs(entry) > asOfMs);
    return [...lacking, ...stated].flatMap((entry) => linesAt(entry, place));
  }
}

function linesAt({ event }: Entry, { location, status }: Place): readonly PostingLine[] {
  return effectOf(event).lines.filter((line) => line.location === location && line.status === status);
}

function occurredAtMs({ event, atMs }: Entry): number {
  if (event.type === 'moved' || event.type === 'counted' || event.type === 'reconciled') return event.occurredAtMs;
  if (event.type === 'ordered') return event.books === 'erp' ? event.occurredAtMs : atMs;
  return event.type === 'shipped' || event.type === 'reallocated' ? (event.stated?.occurredAtMs ?? atMs) : atMs;
}

function sourceIn({ event }: Entry): SourceId | null {
  if (event.type === 'moved' || event.type === 'ordered') return event.source;
  return event.type === 'shipped' || event.type === 'reallocated' ? (event.stated?.source ?? null) : null;
}
