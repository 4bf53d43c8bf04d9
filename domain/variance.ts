import type { Stated } from './command.ts';
import { unnamedAt } from './erp-order.ts';
import type { SourceId } from './ids.ts';
import type { PostingLine } from './posting.ts';
import { onHandAt, placeKey, type CountMeaning, type Place, type Stock } from './stock.ts';

/** What a source says is at one place. */
export interface Reading extends Place {
  readonly source: SourceId;
  readonly quantity: number;
  readonly meaning: CountMeaning;
  readonly holds: Holds;
}

/** What a number is inclusive of. */
export type Holds =
  /** All that its ERP booked up to this mark (R34), and what it said of postings that it had not answered, where it was asked. */
  | { readonly mark: number; readonly told?: Told }
  /** An ERP's that has no marks: what it had when nothing was under way, before the number was read and after (R35). */
  | { readonly standing: Standing }
  /** What its side knew by then (R35). */
  | { readonly asOfMs: number; readonly books: Stated['books'] };

/** What an ERP said by key, after its number was read, of postings that were sent and not answered (R34). */
export interface Told {
  /** The last entry that was sent by then: none beyond can be in the number. */
  readonly through: number;
  /** Of those before it; `mark` null: the ERP did not have it, so it was not in the number either. */
  readonly postings: readonly { readonly sequence: number; readonly mark: number | null }[];
}

/** How far a SKU's postings got, told before an ERP without marks is asked: the number counts only if it is still so after. */
export interface Standing {
  /** Of the journal. */
  readonly sequence: number;
  /** The last posting that was sent. */
  readonly sent: number;
  /** Sent and not answered. */
  readonly unanswered: number;
  readonly refused: number;
  /** Which they are that were sent and not answered, and the last entry that was ever sent; absent from objects that did not say so yet. */
  readonly underWay?: { readonly through: number; readonly sequences: readonly number[] };
}

/** What the journal and the outbox hold about one place; a reading is compared with it. */
export interface Books {
  /** Own entries that the ERP's number at this mark lacks; null while one was sent and neither answered nor told of. */
  notInErp(place: Place, mark: number, told?: Told): readonly PostingLine[] | null;
  /** Entries of this source with a mark beyond. */
  beyond(source: SourceId, place: Place, mark: number): readonly PostingLine[];
  /** All entries that occurred later; null where an own one reached the ERP at a time that nobody can compare. */
  since(place: Place, asOfMs: number, books: Stated['books']): readonly PostingLine[] | null;
  /** Nothing was sent, answered or told by this source since. */
  stoodStill(source: SourceId, place: Place, since: Standing): boolean;
  /** The oldest mark for which the postings are still kept. */
  readonly oldestMark: number;
  /** The oldest time for which the journal is still kept. */
  readonly oldestMs: number;
}

export type Variance =
  /** `booked` is X as it stands here; with the variance it would be what R34 and R35 make of the reading. */
  | { readonly outcome: 'known'; readonly variance: number; readonly booked: number }
  /** A posting is under way whose place in the number nobody can know yet. */
  | { readonly outcome: 'deferred' }
  /** The number is older than what a newer one was booked with. */
  | { readonly outcome: 'stale' };

/** What X should be by this reading, less what it is. Nothing is booked. */
export function varianceOf(stock: Stock, reading: Reading, books: Books): Variance {
  if (isOutdated(stock, reading, books)) return { outcome: 'stale' };
  const lacking = lackingIn(reading, books);
  return lacking === null ? { outcome: 'deferred' } : { outcome: 'known', ...compared(stock, reading, lacking) };
}

/** X := what was read + what that number cannot hold yet (R34, R35). */
export function compared(
  stock: Stock,
  reading: Reading,
  lacking: readonly PostingLine[],
): { readonly variance: number; readonly booked: number } {
  const { location, status, meaning, quantity } = reading;
  const committed = status === 'sellable' ? (stock.committed.get(location) ?? 0) - unnamedAt(stock, location) : 0;
  const booked = onHandAt(stock, reading) - (meaning === 'on_hand' ? 0 : committed);
  return { variance: quantity + weightOf(lacking, meaning) - booked, booked };
}

/** What the number does not hold and the books do; null: nobody can know yet. */
export function lackingIn({ source, holds, ...place }: Reading, books: Books): readonly PostingLine[] | null {
  if ('asOfMs' in holds) return books.since(place, holds.asOfMs, holds.books);
  if ('standing' in holds) {
    // What was answered is in the number, what waits is not.
    return books.stoodStill(source, place, holds.standing) ? books.notInErp(place, Infinity) : null;
  }
  const own = books.notInErp(place, holds.mark, holds.told);
  return own === null ? null : [...own, ...books.beyond(source, place, holds.mark)];
}

/** Whether the number at this mark lacks a posting that was sent and is not answered; null: nobody can know. */
export function lacksSent(sequence: number, mark: number, told: Told | undefined): boolean | null {
  if (told === undefined) return null;
  if (sequence > told.through) return true;
  const found = told.postings.find((one) => one.sequence === sequence);
  return found === undefined ? null : found.mark === null || found.mark > mark;
}

/** Late facts left X as it was (R34), so below its base a number cannot be compared; at the base it can. */
function isOutdated(stock: Stock, reading: Reading, books: Books): boolean {
  const { source, holds } = reading;
  const bases = stock.balances.get(placeKey(reading))?.bases ?? {};
  if ('mark' in holds) {
    const base = bases[source];
    return (base !== undefined && 'mark' in base && holds.mark < base.mark) || holds.mark < books.oldestMark;
  }
  if ('standing' in holds) return false;
  return holds.asOfMs < books.oldestMs || Object.values(bases).some((one) => 'asOfMs' in one && holds.asOfMs < one.asOfMs);
}

/** w of R34. */
export function weightOf(lines: readonly PostingLine[], meaning: CountMeaning): number {
  return lines.reduce((total, { onHand, committed }) => total + (meaning === 'on_hand' ? onHand : onHand - committed), 0);
}
