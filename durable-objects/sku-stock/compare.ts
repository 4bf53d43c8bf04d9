import { compareReadings, differs, factsLately, type Comparison } from '../../domain/comparison.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { Stock } from '../../domain/stock.ts';
import type { Books, Reading } from '../../domain/variance.ts';
import { EVIDENCE_ENTRIES_MAX, EVIDENCE_POSTINGS_MAX } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { StockLog } from './stock-log.ts';

export interface CompareAsked {
  readonly readings: readonly Reading[];
  /** Whose facts may explain a difference; null: nobody wants to know. */
  readonly explainedBy: SourceId | null;
}

/** What is said elsewhere of this SKU beside what its books say. Only where something differs is more read than that takes. */
export function compare(
  stock: Stock,
  { readings, explainedBy }: CompareAsked,
  {
    books,
    log,
    outbox,
    nowMs,
  }: { readonly books: Books; readonly log: StockLog; readonly outbox: Outbox; readonly nowMs: number },
): Comparison {
  const compared = compareReadings(stock, readings, books);
  const evidence =
    explainedBy === null || !differs(compared)
      ? null
      : {
          posted: outbox.postedLately(EVIDENCE_POSTINGS_MAX),
          facts: factsLately(firstOf(log.journal.entriesBack(), EVIDENCE_ENTRIES_MAX), explainedBy, EVIDENCE_POSTINGS_MAX),
        };
  return { sequence: stock.sequence, asOfMs: nowMs, ...compared, evidence };
}

function* firstOf<Item>(items: Iterable<Item>, max: number): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if ((taken += 1) > max) return;
    yield item;
  }
}
