import { sql } from 'drizzle-orm';
import { CASE_STATES } from '../../contracts/cases.ts';
import { POSTING_STATES } from '../../contracts/postings.ts';
import type { EventType } from '../../contracts/events.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { PostingKind } from '../../domain/posting.ts';
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// Everything here can be rebuilt from the objects and the ERP. The migration adds STRICT and WITHOUT ROWID, which
// drizzle cannot say: without a rowid, a row with a key of its own is one row written and not two.

/** The newest that each SKU's object said of itself. Sums over it read every row, so that no write pays for an index. */
export const availability = sqliteTable('availability', {
  sku: text('sku').$type<Sku>().primaryKey(),
  sequence: integer('sequence').notNull(),
  asOfMs: integer('as_of_ms').notNull(),
  snapshot: text('snapshot').notNull(),
  waiting: integer('waiting').notNull(),
  waitingOldestMs: integer('waiting_oldest_ms'),
  failed: integer('failed').notNull(),
  counters: text('counters').notNull(),
  /** The object's news up to this position are among the events. */
  eventsThrough: integer('events_through').notNull().default(0),
  /** JSON: what each channel was shown, to tell what changed; null: too many channels. */
  offers: text('offers'),
  /** A word for all that is shown of it, whatever the channel. */
  shown: text('shown'),
  /** The network under which that is shown; null: written before it was noted. */
  networkVersion: integer('network_version'),
});

/**
 * What others should hear of, in the order in which it came here. No index: it is read forwards only, and each would cost
 * a row more. The newest row is never deleted, so a cursor is never given twice. A column that comes to one of them comes
 * to the other, at the same place.
 */
export const event = eventTable('event');
/** The same from before the last turn, until it is dropped. */
export const eventPast = eventTable('event_past');

/** The delivery log: what became of each posting. A pending row is one that met a fault at least once. */
export const posting = postingTable('posting', '');
/** Those from before the last turn. What is told of them again stands in the present table. */
export const postingPast = postingTable('posting_past', '_other');

/** Which reservations an order took units of, for the look-up by order_ref. */
export const orderReservation = orderTable('order_reservation');
export const orderReservationPast = orderTable('order_reservation_past');

/** When a table turned: what stands in its past one was told before. */
export const turned = sqliteTable('turned', {
  name: text('name').primaryKey(),
  atMs: integer('at_ms').notNull(),
});

/** What a person has to decide. Those of an object carry its sequence, so that an older word never replaces a newer one. */
export const cases = sqliteTable(
  'cases',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    state: text('state', { enum: CASE_STATES }).notNull(),
    sku: text('sku').$type<Sku>(),
    location: text('location'),
    difference: integer('difference'),
    proposal: text('proposal'),
    owner: text('owner'),
    dueAtMs: integer('due_at_ms'),
    comment: text('comment'),
    openedAtMs: integer('opened_at_ms').notNull(),
    closedAtMs: integer('closed_at_ms'),
    reason: text('reason'),
    sequence: integer('sequence').notNull(),
  },
  (table) => [
    index('case_open')
      .on(table.openedAtMs)
      .where(sql`state = 'open'`),
    check('case_state', sql`state IN ('open', 'resolved')`),
  ],
);

/** Messages that no attempt could deliver, kept whole. */
export const deadLetter = sqliteTable(
  'dead_letter',
  {
    queue: text('queue').notNull(),
    messageId: text('message_id').notNull(),
    body: text('body').notNull(),
    attempts: integer('attempts').notNull(),
    recordedAtMs: integer('recorded_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.queue, table.messageId] })],
);

/** How far each source's feed of changes was applied. */
export const feedCursor = sqliteTable('feed_cursor', {
  source: text('source').primaryKey(),
  cursor: text('cursor').notNull(),
  movedAtMs: integer('moved_at_ms').notNull(),
});

function eventTable<Name extends string>(name: Name) {
  return sqliteTable(
    name,
    {
      cursor: integer('cursor').primaryKey(),
      sku: text('sku').$type<Sku>(),
      sequence: integer('sequence').notNull(),
      type: text('type').$type<EventType>().notNull(),
      channel: text('channel').$type<ChannelId>(),
      atMs: integer('at_ms').notNull(),
      recordedAtMs: integer('recorded_at_ms').notNull(),
      data: text('data').notNull(),
      /** The trace of a posting, by which it is found; nobody is told it. */
      correlationId: text('correlation_id'),
    },
    () => [check('event_data', sql`json_valid(data)`)],
  );
}

function postingTable<Name extends string>(name: Name, other: string) {
  return sqliteTable(
    name,
    {
      sku: text('sku').$type<Sku>().notNull(),
      sequence: integer('sequence').notNull(),
      key: text('key').notNull(),
      kind: text('kind').$type<PostingKind>().notNull(),
      location: text('location').notNull(),
      quantity: integer('quantity').notNull(),
      orderRef: text('order_ref'),
      state: text('state', { enum: POSTING_STATES }).notNull(),
      attempts: integer('attempts').notNull(),
      erpReference: text('erp_reference'),
      mark: integer('mark'),
      error: text('error'),
      /** Its trace, where no event knows it: what was not posted at once. Each costs a row of the index. */
      correlationId: text('correlation_id'),
      recordedAtMs: integer('recorded_at_ms').notNull(),
      sentAtMs: integer('sent_at_ms'),
      postedAtMs: integer('posted_at_ms'),
      acknowledgedAtMs: integer('acknowledged_at_ms'),
      /** Its trace, where its event knows it. */
      postedUnder: text('posted_under'),
    },
    (table) => [
      primaryKey({ columns: [table.sku, table.sequence] }),
      index(`posting_of_trace${other}`)
        .on(table.correlationId)
        .where(sql`correlation_id IS NOT NULL`),
      index(`posting_unposted${other}`)
        .on(table.state)
        .where(sql`state <> 'posted'`),
      check('posting_state', sql`state IN ('pending', 'posted', 'failed')`),
    ],
  );
}

function orderTable<Name extends string>(name: Name) {
  return sqliteTable(
    name,
    { orderRef: text('order_ref').notNull(), reservationId: text('reservation_id').$type<ReservationId>().notNull() },
    (table) => [primaryKey({ columns: [table.orderRef, table.reservationId] })],
  );
}
