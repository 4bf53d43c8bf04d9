import { ORDERS_KEPT_DAYS } from '../../contracts/limits.ts';

/**
 * Journal, closed reservations and known facts are kept by the week, this one and the two before. So they live at least
 * 14 days: longer than the oldest reservation (1 day) and the ERP's retries (7 days) together (R8).
 */
export const PERIOD_MS = 7 * 86_400_000;
export const PERIODS_KEPT = 3;

/** A checkout asks a reservation a handful of things; beyond this somebody's loop is broken (R5). */
export const KEYS_PER_RESERVATION_MAX = 64;
/** Of each operation on a cart an object hears at most four things: a try, a take-back, what was decided, and what follows. */
export const KEYS_PER_CART_MAX = 4 * KEYS_PER_RESERVATION_MAX;

/** A message of 64 KB costs one operation; this leaves room for its frame. */
export const FLUSH_BYTES_MAX = 60_000;
/** Cases and orders of one change; as much again is left for the snapshot of an item with hundreds of places. */
export const LISTED_BYTES_MAX = 60_000;
/** Lapsed reservations that are told together: two thirds of what a message lists where ids are as long as ids can be. */
export const NEWS_RESERVATIONS_MAX = 50;
/** Channels whose numbers a message lists, 20 KB of them; of more channels a reader asks. */
export const NEWS_CHANNELS_MAX = 200;
/** Crossings of thresholds that nobody acknowledged: a thousand of them, and a tenth of what a row may hold. The oldest go first. */
export const CROSSED_BYTES_MAX = 200_000;
/** What an ERP adapter posts in one call. */
export const FLUSH_POSTINGS_MAX = 200;

/** Longer than a run of the queue's consumer (25 s) and what is left of the one before it; then the posting is asked for and sent again, later and later. */
export const ACKNOWLEDGE_WAIT_MS = 40_000;
export const ACKNOWLEDGE_WAIT_MAX_MS = 900_000;

/** After so many entries that no ERP and no read model need hear of, it is written down that they were looked at: a millisecond or two of a start. */
export const LOOKED_AT_MIN = 1_000;

/** A posted entry is kept for comparison with counts until it is surely in one (R32). */
export const SETTLED_AFTER_MS = 7 * 86_400_000;

/** Alarms are at least this far apart (R12). */
export const ALARM_GAP_MS = 1_000;

/** So long what happens to a SKU is gathered into one message, for the read models and for the ERP alike. */
export const GATHER_MS = 1_000;

/** Waiting postings are reported at least this often, so that their age is seen. */
export const REPORT_WAITING_MS = 60_000;

/** That postings were answered is shown this soon. */
export const REPORT_ANSWERED_MS = 10_000;

/** A change that the projection has not acknowledged is sent again, later and later: queues lose next to nothing. */
export const REPUBLISH_MS = 30_000;
export const REPUBLISH_MAX_MS = 900_000;

/**
 * Commands that may wait for a commit. A reserve takes some 75 µs of the object's thread (measured), so these are a third of a second of it
 * where it has a thread of its own, and two seconds where front, object and disk share one machine. More are refused early, so that they
 * cost nothing (F32), and reservations of less important classes of channels earlier (R47).
 */
export const WAITING_COMMANDS_MAX = 4_000;
export const OVERLOADED_RETRY_MS = 1_000;

/** One archive segment: large enough to be few, small enough to hold in memory. */
export const SEGMENT_ROWS_MAX = 5_000;

/** Entries that an audit reads before whoever waits has a turn: a few milliseconds of work, while a hot SKU keeps hundreds of thousands. */
export const AUDIT_ENTRIES_AT_ONCE = 500;

/** A failing alarm tries again after this, doubled each time up to the maximum. */
export const ALARM_RETRY_MS = 2_000;
export const ALARM_RETRY_MAX_MS = 300_000;

/** What may explain a difference from the ERP: a drift is found within a day or two, and a hot item posts hundreds in that time. */
export const EVIDENCE_POSTINGS_MAX = 200;
/** Entries of the journal that are looked at for it; most of them are promises, not facts. */
export const EVIDENCE_ENTRIES_MAX = 2_000;

/** How often the look-up of orders is told of what is still open: two of three may fail before it forgets any. */
export const OPEN_ORDERS_TOLD_DAYS = Math.floor(ORDERS_KEPT_DAYS / 3);
