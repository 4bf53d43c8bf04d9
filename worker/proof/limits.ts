// Every limit of audits with its unit and its reason.

/** An item fills two segments a week, a hot one some hundreds: years of nearly every item, and a second or two of reading. */
export const SEGMENTS_AUDITED_MAX = 200;
/** A segment is a few megabytes at most, and what is read at once must fit into the memory of an isolate. */
export const SEGMENTS_AT_ONCE_MAX = 4;
/** At night a week's segments and some more are looked at, so that an old archive does not make each night longer. */
export const SEGMENTS_AUDITED_NIGHTLY = 4;
/** When the nightly audit begins, in minutes of the day (UTC): an hour and more after the reconciliation, as that is set by default. */
export const AUDIT_AT_MINUTES = 210;
/** A round that the clock could not begin in this time waits for the next night. */
export const AUDIT_WINDOW_MS = 3_600_000;
/** Items of one run of the cron: each costs up to six calls, and an invocation may make 1,000. */
export const ITEMS_PER_RUN_MAX = 100;
/** Items that are asked at once, and then written down as asked: segments of all of them fit into memory. */
export const ITEMS_AT_ONCE_MAX = 10;
/** A run begins no more items after this: it ends before the next minute's begins. */
export const AUDIT_WORK_MS_MAX = 20_000;
