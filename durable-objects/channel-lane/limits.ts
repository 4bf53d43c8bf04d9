// Every limit of a channel's lane as an object, with its unit and its reason.

/** Cases that one turn tells of: each is a few rows of D1. */
export const NEWS_MAX = 50;
/** Receipts that are asked about at a time. */
export const ASKS_MAX = 4;
/** Listings that one look at the levels reads in search of those in a state. */
export const LOOKED_AT_MAX = 2_000;
/** Nothing is looked at again sooner: a turn costs a call of the object. */
export const WAIT_MS_MIN = 20;
/** When calls are under way that the lane knows nothing of, their pusher comes again after this, and then knows more. */
export const KNOWN_AGAIN_MS = 1_000;
/** What was asked in vain is asked again after this. */
export const ASK_AGAIN_MS = 5_000;
