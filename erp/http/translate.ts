import type * as z from 'zod';
import { erpBalancesReply, erpChangesReply, type erpMovement } from '../../contracts/generic-erp.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Posting, PostingLine } from '../../domain/posting.ts';
import type { StockStatus } from '../../domain/stock.ts';
import type { ErpBalance, ErpBalancePage, ErpChange, ErpChangePage } from '../port.ts';
import { traceparentOf } from './traceparent.ts';

/** Our words for the contract's. */
export function movementOf(posting: Posting): z.input<typeof erpMovement> {
  return {
    key: posting.key,
    kind: posting.kind,
    sku: posting.sku,
    lines: posting.lines.map(({ location, status, onHand, committed }) => ({ location, status, on_hand: onHand, committed })),
    order_ref: posting.orderRef,
    document: posting.document,
    reason: posting.reason,
    occurred_at: new Date(posting.occurredAtMs).toISOString(),
    traceparent: traceparentOf(posting.correlationId),
  };
}

export const balancePage = erpBalancesReply
  .refine(
    ({ items }) =>
      new Set(items.map(({ sku, location, status }) => JSON.stringify([sku, location, status]))).size === items.length,
    'a page tells a balance twice',
  )
  .transform(({ items, next_cursor }): ErpBalancePage => ({
    items: items.map(({ sku, mark, ...line }): ErpBalance => ({ sku: sku as Sku, ...lineOf(line), mark })),
    nextCursor: next_cursor,
  }));

export const changePage = erpChangesReply.transform(({ items, next_cursor }): ErpChangePage => ({
  items: items.map(({ mark, key, kind, sku, lines, order_ref, document, reason, occurred_at, reference }): ErpChange => ({
    mark,
    key,
    kind,
    sku: sku as Sku,
    lines: lines.map(lineOf),
    orderRef: order_ref,
    document,
    reason,
    occurredAtMs: Date.parse(occurred_at),
    reference,
  })),
  nextCursor: next_cursor,
}));

interface WireLine {
  readonly location: string;
  readonly status: StockStatus;
  readonly on_hand: number;
  readonly committed: number;
}

function lineOf({ location, status, on_hand, committed }: WireLine): PostingLine {
  return { location: location as LocationId, status, onHand: on_hand, committed };
}
