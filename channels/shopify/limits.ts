// Every limit of the adapter with its unit and its reason.

/** Entries of one array of input: what Shopify takes. */
export const SHOPIFY_QUANTITIES_MAX = 250;

/** Calls for one chunk of levels: three do as a rule, and as many find one of 250 by halving. The smallest bucket bears ten times the points. */
export const SHOPIFY_ROUNDS_MAX = 20;

/** A mutation costs some ten points and may have to be said several times; the smallest shop gets back a hundred points a second. */
export const SHOPIFY_CALLS_PER_SECOND = 2;

/** Calls at once after a quiet time: four hundred points at the worst, of a bucket of at least a thousand. */
export const SHOPIFY_CALLS_BURST = 10;

/** Places that are read of each item at once; a shop with more is asked on, item by item. */
export const SHOPIFY_PLACES_AT_ONCE = 5;

/** Items in one question: each costs 18 points with five places, so that forty stay below the 1,000 that one query may cost. */
export const SHOPIFY_SHOWN_MAX = 40;

/** Places in one page of an item that has more than five. */
export const SHOPIFY_PLACES_PAGE = 100;

/** Pages of places that one item may have: Shopify has shops with a thousand locations. */
export const SHOPIFY_PLACES_PAGES_MAX = 20;

/** A question costs up to 720 points: at most half of what the smallest shop gets back goes to questions. */
export const SHOPIFY_QUESTIONS = { callsPerSecond: 0.07, burst: 1 } as const;

/** At one place a question costs up to 160 points. */
export const SHOPIFY_QUESTIONS_AT_ONE_PLACE = { callsPerSecond: 0.3, burst: 2 } as const;

/**
 * Milliseconds for which the same call has the same key. Whoever heard no answer and asks again within them is told what became of
 * it; what somebody else changed back by hand is set again after them, for by then the call has another key.
 */
export const SHOPIFY_KEY_MS = 600_000;

/** Milliseconds that asking for a token may take: several calls may wait for it, so it has a patience of its own. */
export const SHOPIFY_TOKEN_MS_MAX = 10_000;

/** Milliseconds until what was held up by others in its call is sent again. */
export const SHOPIFY_AGAIN_MS = 1_000;
