import * as z from 'zod';
import type { ChannelId, LocationId, ReservationId, Sku } from '../domain/ids.ts';
import { POSTING_KINDS } from '../domain/posting.ts';
import { availabilityStatus } from './availability.ts';
import { RESOLUTION_STEPS, STOCK_STATUSES } from '../domain/stock.ts';

// What our own queues carry. Names were checked where they came in; here only their kind matters, and a field that a
// newer version added is passed over (R40).
const skuInside = z.string().transform((text) => text as Sku);
const locationInside = z.string().transform((text) => text as LocationId);
const channelInside = z.string().transform((text) => text as ChannelId);
const reservationInside = z.string().transform((text) => text as ReservationId);

const number = z.int();
const name = z.string().nullable();

const posting = z.object({
  key: z.string().min(1),
  sku: skuInside,
  sequence: number.min(1),
  kind: z.enum(POSTING_KINDS),
  quantity: number,
  lines: z
    .array(z.object({ location: locationInside, status: z.enum(STOCK_STATUSES), onHand: number, committed: number }))
    .min(1),
  orderRef: name,
  document: name,
  reason: name,
  occurredAtMs: number,
  recordedAtMs: number,
  correlationId: name,
});

/** Queue `erp-movements`. */
export const movementsMessage = z.object({
  sku: skuInside,
  sentAtMs: number,
  attempt: number.min(1),
  postings: z.array(posting),
});

const terms = z.object({
  places: z.array(
    z.object({ location: locationInside, sellable: number, reserved: number, committed: number, safetyStock: number }),
  ),
  backordered: number,
  backorderLimit: number,
  lowStockAt: number,
  buffers: z.array(z.object({ channel: channelInside, quantity: number })),
  quotas: z.array(z.object({ channel: channelInside, protected: number, cap: number.nullable(), consumed: number })),
  stopSell: z.boolean(),
  evidence: z.object({ asOfMs: number, countedAtMs: number.nullable(), waitingSinceMs: number.nullable() }).exactOptional(),
  owed: z
    .array(
      z.object({
        channel: channelInside,
        kit: skuInside.exactOptional(),
        quantity: number,
        places: z.array(z.object({ location: locationInside, quantity: number })),
      }),
    )
    .exactOptional(),
});

const snapshot = z.object({
  sku: skuInside,
  status: z.enum(['active', 'preorder', 'discontinued']),
  terms,
  sequence: number,
  asOfMs: number,
  freshForMs: number,
});

const about = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('over_reservation'),
    allowed: z.array(z.enum(RESOLUTION_STEPS)).exactOptional(),
    done: z
      .object({
        reallocate: number.exactOptional(),
        release_unpinned: number.exactOptional(),
        backorder: number.exactOptional(),
      })
      .exactOptional(),
  }),
  z.object({ kind: z.literal('pin_without_outcome'), reservation: reservationInside }),
  z.object({ kind: z.literal('posting_refused'), posting: number, detail: z.string() }),
]);

const channelOffer = z.object({ channel: channelInside, status: availabilityStatus, availableToSell: number });

const told = { position: number, sequence: number, atMs: number };
const ofReservation = { ...told, reservation: reservationInside, channel: channelInside.nullable() };
const stockEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reservation.expired'), ...ofReservation }),
  z.object({
    type: z.literal('reservation.released'),
    ...ofReservation,
    lines: z.array(z.object({ line: number, quantity: number })),
  }),
  z.object({
    type: z.enum(['reservation.reallocated', 'reservation.backordered', 'reservation.placed']),
    ...ofReservation,
    orderRef: name,
    line: number,
    quantity: number,
    from: locationInside.nullable(),
    to: locationInside.nullable(),
  }),
  z.object({
    type: z.enum(['case.opened', 'case.changed', 'case.closed']),
    ...told,
    number,
    kind: z.enum(['over_reservation', 'pin_without_outcome', 'posting_refused']),
    difference: number,
  }),
  z.object({
    type: z.literal('availability.threshold'),
    ...told,
    channels: z.array(channelOffer.extend({ was: availabilityStatus })),
  }),
]);

/** Queue `stock-changes`. */
export const changeMessage = z.object({
  sku: skuInside,
  snapshot,
  waiting: z.object({ count: number, oldestAtMs: number.nullable(), failed: number }),
  counters: z.object({
    reserved: number,
    refused: z.record(z.string(), number),
    lapsed: number,
    duplicates: number,
    replays: number,
    posted: number,
    retries: number,
  }),
  cases: z.array(z.object({ number, about, openedAtMs: number, difference: number, closedAtMs: number.nullable() })),
  orders: z.array(z.object({ orderRef: z.string(), reservation: reservationInside })),
  events: z.array(stockEvent).default([]),
  through: number.default(0),
  offers: z.array(channelOffer).nullable().default([]),
});
