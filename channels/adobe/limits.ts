// Every limit of the adapter with its unit and its reason. Adobe publishes no pace for these calls; a shop's server is not ours.

/** Calls in a second: a shop also has buyers to serve. */
export const ADOBE_CALLS_PER_SECOND = 2;

/** Source items of one call: what a shop takes that limits its input and says no more about it. */
export const ADOBE_ITEMS_PER_CALL = 20;

/** Source items of one bulk: the same for asynchronous calls. */
export const ADOBE_BULK_ITEMS_MAX = 5_000;

/** Levels of one bulk: each is a message in the shop's queue, and its state is told in one answer. */
export const ADOBE_BULK_LEVELS_MAX = 1_000;

/** Bulks in a minute: the shop's consumers run once a minute where nobody set them up otherwise. */
export const ADOBE_BULKS_PER_MINUTE = 6;

/** A bulk and its state pay from so many levels on; fewer are set sooner in a few calls. */
export const ADOBE_BULK_WORTH_FROM = 100;

/** Milliseconds between two looks at a bulk. */
export const ADOBE_BULK_LOOK_MS = 60_000;

/** Further calls that finding the guilty may take: enough for one among twenty. Who is not found by then waits for the next call. */
export const ADOBE_HALVINGS_MAX = 10;

/** Source items of one page: what a shop gives that limits its pages. */
export const ADOBE_PAGE_MAX = 300;

/** Listings that one question for what is shown may name: their names stand in the address, which has an end at some 8 KB. */
export const ADOBE_SHOWN_MAX = 25;

/** Milliseconds to wait where a shop asks for patience and does not say how much. */
export const ADOBE_PATIENCE_MS = 10_000;

/** Milliseconds until a bulk of whose number we never heard has been consumed: a shop's consumers may stand still for a while. */
export const ADOBE_BULK_LATE_MS = 3_600_000;
