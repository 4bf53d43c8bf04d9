import type { LocationId, Sku } from './ids.ts';
import { effectOf } from './effect.ts';
import { movesBooks, type BookEvent, type Entry } from './event.ts';
import type { StockStatus } from './stock.ts';

/** What an ERP wants to hear: a sale when the order is placed, when goods leave, or both (R34). */
export const ISSUE_AT = ['commit', 'fulfil', 'both'] as const;
export type IssueAt = (typeof ISSUE_AT)[number];

export const POSTING_KINDS = [
  'committed',
  'cancelled',
  'shipped',
  'reallocated',
  'received',
  'sold',
  'returned',
  'adjusted',
  'transferred',
  'status_changed',
  'counted',
] as const;
export type PostingKind = (typeof POSTING_KINDS)[number];

/** A journal entry that the ERP must know, under a key that never changes (R31). */
export interface Posting {
  readonly key: string;
  readonly sku: Sku;
  readonly sequence: number;
  readonly kind: PostingKind;
  /** Units of the entry; signed for `adjusted` and `counted`. */
  readonly quantity: number;
  readonly lines: readonly PostingLine[];
  readonly orderRef: string | null;
  readonly document: string | null;
  readonly reason: string | null;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
  readonly correlationId: string | null;
}

/** Signed changes of the ERP's numbers at one place. */
export interface PostingLine {
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly onHand: number;
  readonly committed: number;
}

export function postingKey(sku: Sku, sequence: number): string {
  return `${sku}#${sequence}`;
}

/** The sequence that a key of this SKU names, or null where the key is not ours. */
export function sequenceOf(sku: Sku, key: string): number | null {
  const digits = key.startsWith(`${sku}#`) ? key.slice(sku.length + 1) : '';
  return /^[1-9]\d{0,15}$/.test(digits) ? Number(digits) : null;
}

/** The posting that an entry calls for, or null where the ERP knows it already or has no use for it (R34). */
export function postingOf(sku: Sku, entry: Entry, issueAt: IssueAt): Posting | null {
  const { event } = entry;
  const effect = effectOf(event);
  if (!effect.own || !movesBooks(event)) return null;
  const lines = effect.lines.map((line) => asPosted(line, issueAt)).filter((line) => line.onHand !== 0 || line.committed !== 0);
  if (lines.length === 0) return null;
  return {
    key: postingKey(sku, entry.sequence),
    sku,
    sequence: entry.sequence,
    lines,
    recordedAtMs: entry.atMs,
    correlationId: entry.correlationId,
    ...described(event, entry.atMs),
  };
}

function asPosted(line: PostingLine, issueAt: IssueAt): PostingLine {
  switch (issueAt) {
    case 'commit':
      return { ...line, onHand: line.onHand - line.committed, committed: 0 };
    case 'fulfil':
      return { ...line, committed: 0 };
    case 'both':
      return line;
  }
}

type Described = Pick<Posting, 'kind' | 'quantity' | 'orderRef' | 'document' | 'reason' | 'occurredAtMs'>;

function described(event: BookEvent, atMs: number): Described {
  const bare = { orderRef: null, document: null, reason: null, occurredAtMs: atMs };
  switch (event.type) {
    case 'ordered':
      return { ...bare, kind: 'committed', quantity: unitsIn(event), ...told(event) };
    case 'committed':
      return { ...bare, kind: 'committed', quantity: unitsIn(event), orderRef: event.orderRef };
    case 'cancelled':
      return { ...bare, kind: 'cancelled', quantity: unitsIn(event), orderRef: event.orderRef };
    case 'shipped':
      return { ...bare, kind: 'shipped', quantity: unitsIn(event), ...told(event.stated), orderRef: event.orderRef };
    case 'placed':
      return { ...bare, kind: 'committed', quantity: event.at.quantity, orderRef: event.orderRef };
    case 'reallocated':
      return { ...bare, kind: 'reallocated', quantity: event.at.quantity, orderRef: event.orderRef };
    case 'backordered':
      // The order stands, so it is no cancellation: its units went from this place to none.
      return { ...bare, kind: 'reallocated', quantity: event.from.quantity, orderRef: event.orderRef };
    case 'moved':
      return { ...bare, kind: event.kind, quantity: event.quantity, reason: event.reason, ...told(event) };
    case 'counted':
    case 'reconciled':
      return { ...bare, kind: 'counted', quantity: event.onHand, ...told(event) };
  }
}

function told(fact: { orderRef: string | null; document: string | null; occurredAtMs: number } | null): Partial<Described> {
  return fact === null ? {} : { orderRef: fact.orderRef, document: fact.document, occurredAtMs: fact.occurredAtMs };
}

function unitsIn(event: Extract<BookEvent, { readonly lines: readonly unknown[] }>): number {
  return event.lines.reduce((total, units) => total + units.quantity, 0);
}
