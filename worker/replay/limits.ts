// Every limit of putting things right afterwards, with its unit and its reason.

/** Changes of a feed that are kept until they can be booked: a hundred megabytes at most. Beyond it only a count helps. */
export const KEPT_CHANGES_MAX = 100_000;
/** Kept changes that are booked in one go, as many as a page of the feed has. */
export const KEPT_PAGE_MAX = 500;
/** Unknown codes that one scheduled run looks up; more than anybody declares in a minute. */
export const CODES_LOOKED_AT_MAX = 500;
/** Cases of one call: each may be an object that is asked, or a thousand changes that are booked. */
export const CASES_REPLAYED_MAX = 50;
/** So long the answers to operators' requests are known, as those of reservations are (R8). */
export const ANSWERS_KEPT_DAYS = 14;
