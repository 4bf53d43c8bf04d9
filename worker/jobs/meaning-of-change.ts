import type { Move } from '../../domain/command.ts';
import type { Sku, SourceId } from '../../domain/ids.ts';
import { POSTING_KINDS, sequenceOf } from '../../domain/posting.ts';
import type { ErpChange } from '../../erp/port.ts';
import type { CaseRow } from '../read-models/cases.ts';
import type { Delivery } from '../read-models/posting-log.ts';
import { caseOfUnbooked, caseOfUnknownCode } from './change-cases.ts';
import type { ErpNames } from './erp-names.ts';
import { movesOf } from './moves-of-change.ts';

export type Meaning =
  /** One of our postings: never a movement (R34). */
  | { readonly delivery: Delivery }
  | { readonly sku: Sku; readonly moves: readonly Move[] }
  | ({ readonly case: CaseRow } & Hopeless);

interface Hopeless {
  /** Nobody will ever book it: there is nothing to keep. */
  readonly hopeless?: true;
}

/** What a booking of the ERP means here. What nobody can read is a case, and never stops those behind it. */
export function meaningOf(change: ErpChange, names: ErpNames, source: SourceId, nowMs: number): Meaning {
  const sku = names.skus.get(change.sku);
  if (sku === undefined) return { case: caseOfUnknownCode({ what: 'item', code: change.sku, mark: change.mark }, nowMs) };
  const sequence = sequenceOf(sku, change.key);
  if (sequence !== null) return { delivery: deliveryMet(change, sku, sequence, nowMs) };
  if (names.kits.has(sku))
    return { case: caseOfUnbooked(change, sku, 'the item is a kit here, and a kit has no stock of its own', nowMs) };

  const stranger = change.lines.find(({ location }) => !names.locations.has(location));
  if (stranger !== undefined)
    return { case: caseOfUnknownCode({ what: 'location', code: stranger.location, mark: change.mark }, nowMs) };
  const lines = change.lines.map((line) => ({ ...line, location: names.locations.get(line.location) ?? line.location }));
  const moves = movesOf({ ...change, sku, lines }, source);
  return moves.length > 0
    ? { sku, moves }
    : { case: caseOfUnbooked(change, sku, 'it moves nothing that is on hand', nowMs), hopeless: true };
}

function deliveryMet(
  { key, kind, lines, orderRef, reference, mark, occurredAtMs }: ErpChange,
  sku: Sku,
  sequence: number,
  nowMs: number,
): Delivery {
  const [line] = lines;
  return {
    sku,
    sequence,
    key,
    kind: POSTING_KINDS.find((known) => known === kind) ?? 'adjusted',
    location: line?.location ?? '',
    quantity: Math.abs(line === undefined || line.onHand === 0 ? (line?.committed ?? 0) : line.onHand),
    orderRef,
    state: 'posted',
    attempts: 0,
    erpReference: reference,
    mark,
    error: null,
    correlationId: null,
    recordedAtMs: occurredAtMs,
    sentAtMs: null,
    postedAtMs: nowMs,
    acknowledgedAtMs: nowMs,
  };
}
