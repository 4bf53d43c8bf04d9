// Every limit of the adapter with its unit and its reason.

/** Feeds of inventory in any hour: what Walmart publishes for them. */
export const WALMART_FEEDS_PER_HOUR = 10;

/** Bytes of one feed: Walmart publishes 5 MB, and does not say of which kind. */
export const WALMART_FEED_BYTES_MAX = 5_000_000;

/** Levels of one feed: if any of them fails, their states are read fifty at a time, which is a hundred calls here. */
export const WALMART_FEED_LEVELS_MAX = 5_000;

/** A feed and its reading back pay from so many levels on; fewer are set sooner one by one. */
export const WALMART_FEED_WORTH_FROM = 50;

/** Calls for one item in any minute: Walmart publishes no number and throttles them hard; this is one a second. */
export const WALMART_ITEMS_PER_MINUTE = 60;

/** States of a feed's items in one answer: the lower of the two numbers that Walmart publishes (50 and 1,000). */
export const WALMART_STATES_MAX = 50;

/** Such answers asked for at a time: a hundred of them, one after the other, would be longer than anybody waits. */
export const WALMART_STATES_AT_ONCE = 5;

/** Listings that one question for what is shown may name: each is a call of its own. */
export const WALMART_SHOWN_MAX = 10;

/** Questions of ten listings each, so that no minute sees more than 120 reads: Walmart publishes no number for them. */
export const WALMART_QUESTIONS = { callsPerSecond: 10 / 60, burst: 2 } as const;

/** Milliseconds between two looks at a feed: it takes minutes, at the most half an hour. */
export const WALMART_FEED_LOOK_MS = 120_000;

/** Milliseconds to wait where Walmart asks for patience and does not say how much. */
export const WALMART_PATIENCE_MS = 60_000;

/** Milliseconds that asking for a token may take: several calls may wait for it, so it has a patience of its own. */
export const WALMART_TOKEN_MS_MAX = 10_000;

/** Milliseconds until a feed of whose number we never heard is in force, or never will be: Walmart says that most take minutes. */
export const WALMART_FEED_LATE_MS = 3_600_000;
