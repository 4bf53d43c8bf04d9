/** Longer than the slowest checkout we serve, shorter than a stock-take. */
export const RESERVATION_AGE_MAX_MS = 86_400_000;

/** Longest journal entry: at this many lapsed reservations the rest goes to the next entry (row limit 2 MB). */
export const EXPIRED_PER_ENTRY_MAX = 10_000;

/** The last moment that a date can name: a deadline that nobody waits for. */
export const NEVER_MS = 8_640_000_000_000_000;

/** Places to choose from up to which every set of them is tried: 4,096 sets, for a cart of 1,000 items some milliseconds. */
export const EXACT_PLACES_MAX = 12;

/** Channels, by what they sold the item as, whose own open orders a snapshot tells: 10 KB of a message. */
export const OWED_TOLD_MAX = 100;
/** Places that these orders named, of all of them together: 10 KB more. */
export const OWED_PLACES_TOLD_MAX = 200;

/** Lists of one line that reservations share; a few dozen serve nearly all, and this many take some 300 KB. */
export const BEGINNINGS_MAX = 1_000;
