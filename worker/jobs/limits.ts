// Every limit of the jobs with its unit and its reason.

/** One call of the ERP, the time in line before its lane among it: slow ERPs answer in seconds. */
export const ERP_CALL_MS_MAX = 15_000;
/** A call that cannot have this long is not begun: to give it up would blame the ERP for our own lack of time. */
export const ERP_CALL_MS_MIN = 8_000;
/** All calls of one batch, a question as long as it may take and a posting after it at least: whoever is not posted by then hears so before its object loses patience (ACKNOWLEDGE_WAIT_MS), also where the batch had to wait for the one before. */
export const POSTING_RUN_MS_MAX = 25_000;
/** How often a posting is sent on which our own adapter breaks: enough for a deploy that mends it, few enough to be seen. */
export const ADAPTER_TRIES_MAX = 5;
/** An ERP that accepted a posting books it in its own time; asking by key sooner only costs calls. */
export const PENDING_RETRY_AFTER_MS = 10_000;
/** Before a message is tried again whose object could not be told. */
export const RETRY_MESSAGE_SECONDS = 5;

/** Postings are confirmed within a few seconds; whoever waits longer waits for the ERP. */
export const WAITS_LONG_MS = 15_000;
/** Before it is looked again whether a lane on which all places are taken has room: about a call. */
export const FULL_LANE_WAIT_MS = 200;
/** SKUs that one run wakes, the longest waiting first: a hundred a second until the next run. */
export const WOKEN_MAX = 6_000;
/** What goes on behind a consumer's batch is ended by the runtime after half a minute. */
export const WAKE_RUN_MS_MAX = 25_000;

/** A scheduled run ends before the next one begins. */
export const FEED_RUN_MS_MAX = 25_000;
/** Orders that one run forgets; so many are never told in the time between two runs. */
export const ORDERS_TRIMMED_MAX = 20_000;

/** Pages of one run, should the ERP answer faster than time passes. */
export const FEED_PAGES_MAX = 1_000;

/** A count waits for postings under way: first so long, then twice as long each time, a quarter of an hour at most. */
export const INBOUND_PUT_OFF_SECONDS = 15;
export const INBOUND_PUT_OFF_SECONDS_MAX = 900;
/** Four hours altogether: an ERP that does not answer for longer has a case of its own by then. */
export const INBOUND_PUT_OFF_MAX = 20;
/** Webhook ids that one run forgets; so many are never accepted between two runs. */
export const WEBHOOK_IDS_TRIMMED_MAX = 20_000;

/** One message of an import goes on so long and then sends the next: well below what a consumer may take. */
export const IMPORT_STEP_MS_MAX = 20_000;
/** An unfinished import that has not moved for so long lost its message, for no round takes that long; it gets another. */
export const IMPORT_STALLED_MS = 30_000;
/** Imports that one run of the cron wakes, or forgets. */
export const IMPORTS_SWEPT_MAX = 20;

/** What lost calls leave behind in an ERP harms nobody, so it may wait; one question in ten minutes is no load. */
export const TIDY_ERP_EVERY_MINUTES = 10;
