/** Objects that a cart asks at the same time; a data centre's share of connections, not of patience. */
export const OBJECTS_AT_ONCE_MAX = 50;

/** A call that takes longer is not waited for: an object moves within less, and whoever answers late is asked again. */
export const ANSWER_WAIT_MS = 5_000;

/** Waits between rounds of asking whoever did not answer; in all about as long as a caller stays. */
export const ROUND_WAITS_MS = [50, 100, 200, 400, 800, 1_600] as const;

/** The same for a read, which nobody waits for that long. */
export const LOOK_WAITS_MS = [50, 200, 800] as const;

/** Operations under other keys that may wait for the one that runs: a checkout has one or two under way. */
export const WAITING_OPERATIONS_MAX = 16;
export const OVERLOADED_RETRY_MS = 1_000;

/** Longer than a request drives an operation, so that the alarm finds only what was left behind. */
export const RESUME_MS = 10_000;
export const RESUME_MAX_MS = 60_000;

/**
 * Longer than the objects remember what they were asked (three weeks): a cart that began anew under the same name would
 * be given their old answers.
 */
export const CART_KEPT_MS = 22 * 86_400_000;

/** Characters of one row: four bytes each still fit the 2 MB that one may have. */
export const PART_CHARACTERS_MAX = 500_000;
