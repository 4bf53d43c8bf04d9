// Limits of feeds, with their unit and their reason.

/** Items read at once: about half a megabyte of snapshots, and two statements; a request may have a thousand of these. */
export const FEED_PAGE_ITEMS = 500;
/** Parts of kits looked at together: a few megabytes. */
export const FEED_PARTS_AT_ONCE = 2_000;
/** Items that changed, in one delta: their SKUs are held in memory, about a megabyte. Of more a full feed costs less. */
export const DELTA_ITEMS_MAX = 20_000;
/** Events between two fetches, of all kinds: each is looked at, some tenths of a second. Of more a full feed costs less. */
export const DELTA_EVENTS_MAX = 200_000;
/** How far back the newest change is looked for, to tell that nothing is new: some hundredths of a second. */
export const NEWEST_EVENTS_LOOKED_AT = 10_000;

/** What Amazon takes in one JSON_LISTINGS_FEED: 25,000 messages (its schema), 10 MiB (its advice). */
export const AMAZON_MESSAGES_MAX = 25_000;
export const AMAZON_BYTES_MAX = 10_485_760;
/** What Walmart takes in one MP_INVENTORY file: 5 MB. */
export const WALMART_BYTES_MAX = 5_000_000;
