/** So long a cart may wait for objects that do not answer before it gives its units back: longer than an object needs to move. */
export const CART_DOUBT_MAX_MS = 30_000;

/** So often a cart in part asks anew because a kit lost a part to others between question and try: each loss is a sale to somebody else. */
export const CART_RACES_MAX = 5;

/** Names under which one cart may try to hold its units; each is used up by a try that was given up. */
export const CART_ATTEMPTS_MAX = 1_000;
