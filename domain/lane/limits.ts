// Every limit of an ERP's lane with its unit and its reason.

/**
 * One SKU that was turned away is asked back per so many milliseconds, 100 in a second. To come back in vain costs an
 * object a queue message and four rows: so an outage costs 400 rows a second at most, with 100,000 SKUs waiting as with 100.
 * When it is over, 100 flushes of up to 200 postings leave per second: more than any ERP takes.
 */
export const TURN_MS = 10;
/** 100,000 SKUs come round in 17 minutes; of more than 180,000 several share a turn. */
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
