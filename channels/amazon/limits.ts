// Every limit of the adapter with its unit and its reason.

/** Calls of patchListingsItem: Amazon's usage plan. */
export const AMAZON_PATCHES = { callsPerSecond: 5, burst: 5 } as const;

/** Feeds: the pace of createFeed's usage plan, and the burst of JSON_LISTINGS_FEED, of which Amazon takes five in five minutes. */
export const AMAZON_FEEDS = { callsPerSecond: 0.0083, burst: 5 } as const;

/** Levels of one feed: Amazon takes 25,000 messages; so many of ours, with names of common length, stay below the bytes. */
export const AMAZON_FEED_LEVELS_MAX = 20_000;

/** Bytes of one feed: what Amazon advises. */
export const AMAZON_FEED_BYTES_MAX = 10_485_760;

/** A feed takes minutes, and so do this many patches. */
export const AMAZON_FEED_WORTH_FROM = 500;

/** Questions: what searchListingsItems bears, the tightest of those that are asked often. */
export const AMAZON_QUESTIONS = { callsPerSecond: 5, burst: 5 } as const;

/** Names in one search: what Amazon takes. */
export const AMAZON_SHOWN_MAX = 20;

/** Milliseconds between two looks at a patched item: most are applied within one of them. */
export const AMAZON_ITEM_LOOK_MS = 30_000;

/** Milliseconds after which a patched item that still shows something else is given up, to be set again: Amazon publishes no such time. */
export const AMAZON_ITEM_PATIENCE_MS = 900_000;

/** Milliseconds between two looks at a feed. */
export const AMAZON_FEED_LOOK_MS = 60_000;

/** Milliseconds to wait where Amazon asks for patience and does not say how much. */
export const AMAZON_PATIENCE_MS = 2_000;

/** Milliseconds until levels that did not go into a full feed are sent in another. */
export const AMAZON_NEXT_FEED_MS = 1_000;

/** Milliseconds that asking for a token may take: several calls may wait for it, so it has a patience of its own. */
export const AMAZON_TOKEN_MS_MAX = 10_000;

/** Milliseconds until a feed of whose number we never heard is in force, or never will be: Amazon says that feeds take minutes, and some an hour. */
export const AMAZON_FEED_LATE_MS = 3_600_000;
