import * as z from 'zod';
import { POSTING_KINDS } from '../domain/posting.ts';
import { CURSOR_CHARACTERS_MAX, EVENTS_KEPT_DAYS, PAGE_ITEMS_MAX } from './limits.ts';
import { sku, sourceId } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, moment, units } from './quantities.ts';

export const POSTING_STATES = ['pending', 'posted', 'failed'] as const;

export const postingsQuery = z.strictObject({ ...pageQuery, state: z.enum(POSTING_STATES).optional(), sku: sku.optional() });

const posting = z
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

/** What of the log is asked to go out again; by default all that the ERP refused, or no longer has. */
export const postingReplay = z
  .strictObject({
    state: z
      .enum(['failed', 'posted'])
      .optional()
      .meta({ description: '`failed`: what the ERP refused. `posted`: what it no longer has, asked by key. Absent: both.' }),
    sku: sku.optional(),
    connection: sourceId.optional().meta({ description: 'The ERP, by the source under which it states facts.', example: 'erp' }),
    since: moment.optional().meta({ description: 'Only what was posted or refused then or later.' }),
    limit: z
      .int()
      .min(1)
      .max(PAGE_ITEMS_MAX)
      .default(PAGE_ITEMS_MAX)
      .meta({ description: 'Postings that are looked at in this call.' }),
    cursor: z.string().max(CURSOR_CHARACTERS_MAX).optional().meta({ description: 'Of the answer before: it goes on there.' }),
  })
  .meta({ id: 'PostingReplay' });

export const nothing = z.strictObject({});

export const postingReplayReply = z
  .object({
    replayed: units.meta({ description: 'They go out again, under the same keys.' }),
    under_way: units.meta({ description: 'They wait, or were sent and not answered yet.' }),
    posted: units.meta({ description: 'The ERP has them.' }),
    forgotten: units.meta({ description: 'Their entries were archived: they cannot go out again.' }),
    unanswered: units.meta({ description: 'The ERP could not be asked whether it has them. Ask again under another key.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'PostingReplayed', description: 'What became of the postings that were asked to go out again.' });
export type PostingReplayReply = z.output<typeof postingReplayReply>;

export const traceQuery = z.strictObject({
  sku: sku.optional().meta({ description: `What was posted more than ${EVENTS_KEPT_DAYS} days ago is found by its SKU alone.` }),
});

export const TRACE_STEPS = [
  'received',
  'generated',
  'sent',
  'posted',
  'acknowledged',
  'published',
  'confirmed',
  'failed',
] as const;

export const traceReply = z
  .object({
    correlation_id: z.string(),
    events: z.array(
      z.object({ at: instant, what: z.enum(TRACE_STEPS), sku: z.string(), sequence: units, detail: z.string().nullable() }),
    ),
  })
  .meta({ id: 'Trace', description: 'What became of one request on its way to the ERP.' });
export type TraceReply = z.output<typeof traceReply>;
