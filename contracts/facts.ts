import * as z from 'zod';
import { MOVE_KINDS } from '../domain/command.ts';
import { STOCK_STATUSES } from '../domain/stock.ts';
import { FACTS_MAX } from './limits.ts';
import { itemName, locationName, orderRef, reservationId, sourceId, text, unitName } from './names.ts';
import { mark, moment, signed, units } from './quantities.ts';

const status = z.enum(STOCK_STATUSES);

const stated = {
  id: text.meta({ description: 'Unique for its source: a fact is booked once per (source, id).', example: 'GR-2026-000017' }),
  source: sourceId,
  sku: itemName,
  location: locationName,
  unit: unitName.optional(),
};

export const movement = z
  .strictObject({
    ...stated,
    kind: z.enum(MOVE_KINDS),
    quantity: signed
      .refine((quantity) => quantity !== 0, 'must not be 0')
      .meta({ description: 'Positive, save for `adjusted`.' }),
    status: status.optional().meta({ description: '`sellable`; of `returned` it is `quality_control`.' }),
    to_location: locationName.optional().meta({ description: 'Where a `transferred` ends.' }),
    to_status: status.optional().meta({ description: 'Of `transferred` it is `in_transit` unless said.' }),
    reason: text.optional(),
    document: text.optional(),
    reservation: reservationId.optional(),
    order_ref: orderRef.optional(),
    mark: mark.optional(),
    occurred_at: moment,
  })
  .superRefine((value, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (value.kind !== 'adjusted' && value.quantity < 0) wrong('quantity', 'must be positive');
    if (value.kind === 'transferred') {
      if (value.to_location === undefined) wrong('to_location', 'a transferred movement needs it');
      return;
    }
    if (value.to_location !== undefined) wrong('to_location', 'only a transferred movement has it');
    if (value.kind === 'status_changed') {
      if (value.to_status === undefined) wrong('to_status', 'a status_changed movement needs it');
      if (value.to_status === (value.status ?? 'sellable')) wrong('to_status', 'must differ from status');
    } else if (value.to_status !== undefined) wrong('to_status', `a ${value.kind} movement has none`);
  })
  .meta({ id: 'Movement', description: 'Something that happened to stock.' });
export type Movement = z.output<typeof movement>;

export const count = z
  .strictObject({
    ...stated,
    quantity: signed,
    status: status.default('sellable'),
    meaning: z.enum(['on_hand', 'on_hand_minus_committed']),
    as_of: moment,
    mark: mark.optional(),
  })
  .meta({ id: 'Count', description: 'An absolute balance that somebody states.' });
export type Count = z.output<typeof count>;

/** What is read first: one fact of wrong form is rejected alone and never costs the others their booking. */
export const movementsEnvelope = z.strictObject({ movements: z.array(z.unknown()).max(FACTS_MAX) });
export const countsEnvelope = z.strictObject({ counts: z.array(z.unknown()).max(FACTS_MAX) });
/** What the documentation says of them. */
export const movementsRequest = z.strictObject({ movements: z.array(movement).max(FACTS_MAX) });
export const countsRequest = z.strictObject({ counts: z.array(count).max(FACTS_MAX) });

const outcomeOf = {
  id: z.string().nullable().meta({ description: 'As it was sent; null where it could not be read.' }),
  source: z.string().nullable(),
  code: z.string().optional().meta({ description: 'Why it was rejected.' }),
  detail: z.string().optional(),
  sequence: units.optional(),
};
export const movementsReply = z.object({
  items: z.array(z.object({ ...outcomeOf, outcome: z.enum(['applied', 'duplicate', 'rejected']) })),
});
export const countsReply = z.object({
  items: z.array(
    z.object({
      ...outcomeOf,
      outcome: z.enum(['applied', 'duplicate', 'stale', 'deferred', 'rejected']),
      variance: units.optional().meta({ description: 'Counted − book.' }),
    }),
  ),
});
export type FactReply = z.output<typeof countsReply>['items'][number];
