/** So long a cart may wait for objects that do not answer before it gives its units back: longer than an object needs to move. */
export const CART_DOUBT_MAX_MS = 30_000;

/** Names under which one cart may try to hold its units; each is used up by a try that was given up. */
export const CART_ATTEMPTS_MAX = 1_000;
