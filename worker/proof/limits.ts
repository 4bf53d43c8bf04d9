// Every limit of audits with its unit and its reason.

/** An item fills two segments a week, a hot one some hundreds: years of nearly every item, and a second or two of reading. */
export const SEGMENTS_AUDITED_MAX = 200;
/** A segment is a few megabytes at most, and what is read at once must fit into the memory of an isolate. */
export const SEGMENTS_AT_ONCE_MAX = 4;
