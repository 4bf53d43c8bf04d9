import { effectOf } from './effect.ts';
import type { Entry } from './event.ts';
import { factOf } from './fact-of.ts';
import type { SourceId } from './ids.ts';
import type { PostingLine } from './posting.ts';
import { placeKey, type Place, type Stock } from './stock.ts';
import { varianceOf, type Books, type Reading, type Variance } from './variance.ts';

/** What a SKU's books say of readings, all at one moment. */
export interface Comparison {
  readonly sequence: number;
  readonly asOfMs: number;
  /** In the order of the readings. */
  readonly places: readonly Variance[];
  /** Where this SKU has units, or owes some, and nobody read anything. */
  readonly unread: readonly Place[];
  /** What may have brought a difference about; null where nobody asked, or nothing differs. */
  readonly evidence: Evidence | null;
}

/** What was booked lately, the newest first. */
export interface Evidence {
  /** Own entries that the ERP answered as posted. */
  readonly posted: readonly PostedLately[];
  /** What the ERP told of its own. */
  readonly facts: readonly { readonly id: string; readonly lines: readonly PostingLine[] }[];
}

export interface PostedLately {
  readonly key: string;
  readonly sequence: number;
  readonly lines: readonly PostingLine[];
}

/** Compares readings with the books, and books nothing. */
export function compareReadings(stock: Stock, readings: readonly Reading[], books: Books): Pick<Comparison, 'places' | 'unread'> {
  const read = new Set(readings.map(placeKey));
  const places = readings.map((reading) => varianceOf(stock, reading, books));
  const held = [...stock.balances.values()].filter(({ onHand }) => onHand !== 0);
  const owed = [...stock.committed.keys()].map((location): Place => ({ location, status: 'sellable' }));
  const all = new Map([...held, ...owed].map(({ location, status }) => [placeKey({ location, status }), { location, status }]));
  return { places, unread: [...all].flatMap(([key, place]) => (read.has(key) ? [] : [place])) };
}

export function differs({ places }: Pick<Comparison, 'places'>): boolean {
  return places.some((one) => one.outcome === 'known' && one.variance !== 0);
}

/** Facts that this source told, of entries that come newest first, as many as are wanted. */
export function factsLately(entries: Iterable<Entry>, source: SourceId, max: number): Evidence['facts'] {
  const facts: { readonly id: string; readonly lines: readonly PostingLine[] }[] = [];
  for (const { event } of entries) {
    if (facts.length >= max) break;
    const fact = factOf(event);
    if (fact?.source === source) facts.push({ id: fact.id, lines: effectOf(event).lines });
  }
  return facts;
}
