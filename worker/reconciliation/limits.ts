// Every limit of reconciliation with its unit and its reason.

/** Work of one message: well within what the platform gives a consumer, and a lease that dies is soon taken over. */
export const RUN_WORK_MS_MAX = 20_000;
/** That and the step that was begun last. One that takes longer may be taken by somebody else as well, and is stored once. */
export const RUN_LEASE_MS = 40_000;
/** A message that is on time by one clock must not be early by another: it would be the last one. */
export const CLOCKS_DIFFER_MS_MAX = 500;
/** A step that broke, or found no ERP that says for how long, is taken again after this, as the queue does (`retry_delay`). */
export const RUN_RETRY_MS = 30_000;
/** Items that are read whole in one step: one ERP call for some, one call each for others. */
export const ITEMS_PER_STEP = 25;
/** Items that the ERP did not list, looked for in one step. */
export const ABSENT_PER_STEP = 100;
/** Readings of a place that never came to rest; then the next run may try. */
export const READINGS_MAX = 6;
/** A report is of use as long as somebody may ask what was corrected in the quarter. */
export const RUNS_KEPT_DAYS = 100;
/** Runs that are forgotten at a time. */
export const RUNS_TRIMMED_MAX = 10;
/** An ERP that lacks so many of our newest postings, and has none of them, did not lose them one by one. */
export const LOST_KEYS_OF_RESTORE = 3;

/** How long a run may stand still before it is given up, so that another may begin: longer than an ERP is away overnight. */
export const RUN_STANDS_MS_MAX = 12 * 3_600_000;
/** A run that nobody took up this long after it might go on has lost its message, and is woken; a queue needs a second or two. */
export const RUN_SILENT_MS_MAX = 15_000;
/** A run that the clock could not begin in this time waits for the next day. */
export const DAILY_WINDOW_MS = 3_600_000;

/** Changes of the feed that wait to be booked, looked at for an explanation. */
export const KEPT_LOOKED_AT_MAX = 1_000;
