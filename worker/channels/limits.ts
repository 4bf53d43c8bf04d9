// Every limit of telling channels their numbers, with its unit and its reason.

/** One call of a channel, its checks among it: shorter than a lane's lease by the time in which calls begin. */
export const CHANNEL_CALL_MS_MAX = 20_000;
/** One run begins no call after this, and the next message goes on: with a call as long as one may take it ends within the half minute that goes on behind a batch. */
export const PUSH_RUN_MS_MAX = 9_000;
/** Whoever would wait longer for room leaves, and comes back by a message or by the clock. */
export const PUSH_WAIT_MS_MAX = 2_000;
/** A message may come back later by so much; after that the clock, once a minute, is soon enough. */
export const PUSH_AGAIN_MS_MAX = 60_000;

/** Events, or items, of one step of the filling: what one question to D1 reads in some hundredths of a second. */
export const FILL_ITEMS_MAX = 500;
/** While so many wait, a gone-through catalogue adds none: what sells meanwhile must find its place in memory. */
export const FILL_WAITING_MAX = 5_000;
/** Listings that the clock reads back of each channel in a run, in calls as large as it takes. */
export const READ_BACK_SAMPLE = 100;
export const READ_BACK_RUN_MS_MAX = 20_000;
