import * as z from 'zod';
import { POSTING_KINDS } from '../domain/posting.ts';
import { sku } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, units } from './quantities.ts';

export const POSTING_STATES = ['pending', 'posted', 'failed'] as const;

export const postingsQuery = z.strictObject({ ...pageQuery, state: z.enum(POSTING_STATES).optional(), sku: sku.optional() });

export const posting = z
  .object({
    sku: z.string(),
    sequence: units,
    key: z.string().meta({ description: 'Under which the ERP books it once.', example: 'TEA-GREEN-100#17' }),
    kind: z.enum(POSTING_KINDS),
    location: z.string(),
    quantity: units,
    order_ref: z.string().nullable(),
    state: z.enum(POSTING_STATES),
    attempts: units,
    erp_reference: z.string().nullable(),
    mark: units.nullable(),
    error: z.string().nullable(),
    correlation_id: z.string().nullable(),
    recorded_at: instant,
    posted_at: instant.nullable(),
  })
  .meta({ id: 'Posting', description: 'A journal entry that the ERP must know.' });
export type PostingReply = z.output<typeof posting>;
export const postingsReply = pageOf(posting);

export const TRACE_STEPS = ['received', 'generated', 'sent', 'posted', 'acknowledged', 'published', 'failed'] as const;

export const traceReply = z
  .object({
    correlation_id: z.string(),
    events: z.array(
      z.object({ at: instant, what: z.enum(TRACE_STEPS), sku: z.string(), sequence: units, detail: z.string().nullable() }),
    ),
  })
  .meta({ id: 'Trace', description: 'What became of one request on its way to the ERP.' });
export type TraceReply = z.output<typeof traceReply>;
