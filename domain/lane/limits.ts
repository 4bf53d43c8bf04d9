// Every limit of an ERP's lane with its unit and its reason.

/**
 * One SKU that was turned away comes back per so many milliseconds, 25 in a second. To come back in vain costs an object a
 * queue message and four rows: so an outage costs 100 rows a second, with 45,000 SKUs waiting as with 25. When it is
 * over those who wait are woken, and do not depend on their turns.
 */
export const TURN_MS = 40;
/** 45,000 SKUs come round in it; of more several share a turn, and 100,000 cost 220 rows a second. */
export const TURNS_MS_MAX = 1_800_000;

/** Before somebody tries again who found the lane full: a call or two later. */
export const FULL_WAIT_MS = 1_000;

/**
 * Failed probes after which the back-off grows no more: 16 seconds. A single object need not be as patient with an ERP, which
 * it sends one call, as thousands of SKUs must be.
 */
export const PROBES_COUNTED_MAX = 5;

/** A full call that is answered faster may carry twice as much, and still ends long before it would be given up. */
export const CALL_MS_FAST = 3_000;
