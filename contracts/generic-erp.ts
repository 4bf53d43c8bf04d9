import * as z from 'zod';
import { POSTING_KINDS } from '../domain/posting.ts';
import { STOCK_STATUSES } from '../domain/stock.ts';

/** The generic ERP HTTP contract, version 1. Both sides parse with these schemas: the adapter its replies, the ERP its requests. */
export const ERP_PATHS = {
  movements: '/erp/v1/movements',
  lookup: '/erp/v1/movements/lookup',
  balances: '/erp/v1/balances',
  changes: '/erp/v1/changes',
  faults: '/erp/v1/faults',
} as const;

// One call of this many short movements takes some 150 KB; whoever has longer ones is told 413 and sends fewer.
export const ERP_MOVEMENTS_MAX = 500;
export const ERP_PAGE_MAX = 1_000;
export const ERP_BODY_BYTES_MAX = 1_048_576;
// An order may be committed at every location of a large chain at once.
const ERP_LINES_MAX = 1_000;
const QUANTITY_MAX = 1_000_000_000;

/** What we post, and what only an ERP books by itself. */
const ERP_MOVEMENT_KINDS = [...POSTING_KINDS, 'reconciled'] as const;

const key = text(1, 160).meta({ description: 'Chosen by whoever books. The ERP books each key once.', example: 'TEA-1#17' });
const sku = text(1, 64).meta({ example: 'TEA-1' });
const location = text(1, 64).meta({ example: 'hamburg' });
const status = z.enum(STOCK_STATUSES);
const change = z.int().min(-QUANTITY_MAX).max(QUANTITY_MAX);
const freeText = text(0, 500);
const instant = z.iso.datetime({ offset: true }).meta({ example: '2026-11-20T08:30:00.000Z' });
const mark = z.int().min(0).meta({ description: 'The number of a ledger entry. It rises; everything up to it is in the books.' });
const reference = z.string().min(1).max(100).meta({ description: "The ERP's own document number.", example: 'SL-00000017' });
const traceparent = z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

const line = z
  .strictObject({ location, status, on_hand: change, committed: change })
  .meta({ description: 'A signed change at one place.' });

export const erpMovement = z.strictObject({
  key,
  kind: z.enum(ERP_MOVEMENT_KINDS),
  sku,
  lines: z.array(line).min(1).max(ERP_LINES_MAX),
  order_ref: freeText.nullable().default(null),
  document: freeText.nullable().default(null),
  reason: freeText.nullable().default(null),
  occurred_at: instant,
  traceparent: traceparent
    .nullable()
    .default(null)
    .meta({ description: "The movement's own trace, where it is not the trace of the call." }),
});

export const erpPostRequest = z.strictObject({ movements: z.array(erpMovement).min(1).max(ERP_MOVEMENTS_MAX) });

/** What the ERP reads first: one movement of wrong form is refused alone and never costs the others their booking. */
export const erpPostEnvelope = z.strictObject({ movements: z.array(z.unknown()).min(1).max(ERP_MOVEMENTS_MAX) });

// Replies are read leniently: a field that a newer ERP adds must not turn a booked movement into an unknown one.
const replyKey = z.string().max(160);
export const erpPostReply = z.object({
  items: z.array(
    z.object({
      key: replyKey,
      outcome: z.enum(['posted', 'duplicate', 'pending', 'refused']),
      mark: mark.nullable(),
      reference: reference.nullable(),
      error: z.object({ code: z.string().min(1).max(100), detail: z.string().max(2_000) }).nullable(),
    }),
  ),
});

export const erpLookupRequest = z.strictObject({ keys: z.array(key).min(1).max(ERP_MOVEMENTS_MAX) });
export const erpLookupReply = z.object({
  items: z.array(z.object({ key: replyKey, found: z.boolean(), mark: mark.nullable(), reference: reference.nullable() })),
});

const limit = z.coerce.number().int().min(1).max(ERP_PAGE_MAX).default(500);
const cursor = z.string().min(1).max(1_024);

export const erpBalancesQuery = z.strictObject({ after: cursor.optional(), limit, sku: sku.optional() });
export const erpBalance = z.object({ sku, location, status, on_hand: z.int(), committed: z.int(), mark });
export const erpBalancesReply = z.object({ items: z.array(erpBalance), next_cursor: cursor.nullable() });

export const erpChangesQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor of this feed')
    .default('0'),
  limit,
});
export const erpChange = z.object({
  mark,
  key: replyKey,
  kind: z.enum(ERP_MOVEMENT_KINDS),
  sku,
  lines: z.array(z.object({ location, status, on_hand: z.int(), committed: z.int() })).min(1),
  order_ref: freeText.nullable(),
  document: freeText.nullable(),
  reason: freeText.nullable(),
  occurred_at: instant,
  reference: reference.nullable(),
  traceparent: traceparent.nullable().default(null),
});
export const erpChangesReply = z.object({ items: z.array(erpChange), next_cursor: cursor });

/** Faults on demand. A PUT replaces them all, so `{}` heals the ERP. Counters of "next" concern postings alone. */
export const erpFaults = z.strictObject({
  latency_ms: z.int().min(0).max(60_000).default(0).meta({ description: 'Added to every call.' }),
  rate_limit: z
    .strictObject({ remaining: z.int().min(0).max(1_000_000), retry_after_seconds: z.int().min(1).max(3_600) })
    .nullable()
    .default(null)
    .meta({ description: 'So many calls pass; then 429 for so many seconds, after which the limit is gone.' }),
  fail_next: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ description: 'So many postings are answered with fail_status, nothing applied.' }),
  fail_status: z.int().min(400).max(599).default(500),
  apply_then_time_out_next: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ description: 'So many postings are booked and never answered.' }),
  down: z.boolean().default(false).meta({ description: 'Every call is answered 503 with a page for people.' }),
  refuse_skus: z.array(sku).max(1_000).default([]).meta({ description: 'Movements of these are refused for good.' }),
});

/** RFC 9457. The code says the same as the type, in one word. */
export const erpProblem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().min(1).max(100),
  detail: z.string().max(2_000),
  correlation_id: z.string(),
});

export type ErpMovementKind = (typeof ERP_MOVEMENT_KINDS)[number];
export type ErpMovement = z.output<typeof erpMovement>;
export type ErpPostReply = z.output<typeof erpPostReply>;
export type ErpLookupReply = z.output<typeof erpLookupReply>;
export type ErpBalancesReply = z.output<typeof erpBalancesReply>;
export type ErpChangesReply = z.output<typeof erpChangesReply>;
export type ErpFaults = z.output<typeof erpFaults>;

/** Characters, not bytes. NUL and broken surrogates would be stored as something else. */
function text(from: number, to: number) {
  return z.string().regex(new RegExp(`^[^\\p{Cs}\\0]{${from},${to}}$`, 'u'), `must be ${from} to ${to} characters`);
}
