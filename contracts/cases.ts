import * as z from 'zod';
import { DRIFT_CLASSES } from '../domain/reconciliation.ts';
import { STOCK_STATUSES } from '../domain/stock.ts';
import { COMMENT_CHARACTERS_MAX, CURSOR_CHARACTERS_MAX } from './limits.ts';
import { sku, text } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, moment, units } from './quantities.ts';

export const CASE_STATES = ['open', 'resolved'] as const;
export const CASE_KINDS = [
  'over_reservation',
  'pin_without_outcome',
  'posting_refused',
  'code_unknown',
  'change_unbooked',
  'dead_letter',
  'inbound_rejected',
  'drift',
  'erp_restored',
  'audit_failed',
  'webhook_failing',
  'channel_refused',
  'channel_drift',
] as const;

export const casesQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(CASE_STATES).optional(),
  kind: z.enum(CASE_KINDS).optional(),
  sku: sku.optional(),
  owner: text.optional(),
  overdue: z.literal('true').optional().meta({ description: 'Only open ones whose `due_at` has passed.' }),
});

const comment = z
  .string()
  .regex(new RegExp(`^[^\\p{Cs}\\0]{1,${COMMENT_CHARACTERS_MAX}}$`, 'u'), `must be 1 to ${COMMENT_CHARACTERS_MAX} characters`);

/** null clears; what is absent stays as it is. */
export const caseChange = z
  .strictObject({
    owner: text.nullable().optional().meta({ description: 'Who looks after it. null: nobody.', example: 'anna' }),
    due_at: moment.nullable().optional().meta({ description: 'By when it should be decided.' }),
    comment: comment.nullable().optional(),
  })
  .meta({ id: 'CaseChange' });

export const caseApproval = z.strictObject({});
export const caseResolution = z.strictObject({ reason: text });

export const caseReply = z
  .object({
    id: z.string(),
    kind: z.string().meta({ example: 'over_reservation' }),
    state: z.enum(CASE_STATES),
    sku: z.string().nullable(),
    location: z.string().nullable(),
    difference: units.nullable(),
    proposal: z.string().nullable(),
    owner: z.string().nullable(),
    due_at: instant.nullable(),
    comment: z.string().nullable(),
    opened_at: instant,
    closed_at: instant.nullable(),
    reason: z.string().nullable(),
    drift: z
      .object({
        class: z.enum(DRIFT_CLASSES),
        meaning: z.enum(['on_hand', 'on_hand_minus_committed']),
        places: z.array(
          z.object({ location: z.string(), status: z.enum(STOCK_STATUSES), variance: units, ours: units, erp: units }),
        ),
        keys: z.array(z.string()),
        factor: units.nullable(),
      })
      .nullable()
      .meta({ description: 'Of a difference from the ERP: what an approval books, or which postings it sends again.' }),
  })
  .meta({ id: 'Case', description: 'Something that a person has to decide.' });
export type CaseReply = z.output<typeof caseReply>;
export const casesReply = pageOf(caseReply);

/** Which open cases are to be tried again; by default all of which something can be. */
export const caseReplay = z
  .strictObject({
    kind: z.enum(CASE_KINDS).optional(),
    sku: sku.optional(),
    cursor: z.string().max(CURSOR_CHARACTERS_MAX).optional().meta({ description: 'Of the answer before: it goes on there.' }),
  })
  .meta({ id: 'CaseReplay' });

export const caseReplayReply = z
  .object({
    replayed: units.meta({ description: 'Cases of which something was sent or booked again.' }),
    unchanged: units.meta({ description: 'Cases of which nothing can be done again, or not yet.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'CaseReplayed' });
export type CaseReplayReply = z.output<typeof caseReplayReply>;
