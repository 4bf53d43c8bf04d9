// Every limit of this adapter with its unit and its reason.

/** Moves of one create and one do: more give no further speed, and a lost answer costs more. */
export const BATCH_MAX = 50;
/** Moves per page of changes. */
export const CHANGES_PAGE = 500;
/** Products per page of balances; each page asks once per zone. */
export const PRODUCTS_PAGE = 200;
/** Records of one page of anything that is read whole, or that is named by id. */
export const RECORDS_PAGE = 1_000;
/** Locations of one Tryton: a chain's shelves. Whoever has more hears so, instead of being read in part. */
export const LOCATIONS_MAX = 20_000;
/** Locations, company and counterparts change rarely; an unknown one is looked for at once, but not more often than this. */
export const BOOKS_KEPT_MS = 300_000;
export const BOOKS_AGAIN_MS = 5_000;
/** Products that are remembered, and for how long: their prices need not be of this second. */
export const PRODUCTS_KEPT_MS = 60_000;
export const PRODUCTS_KEPT_MAX = 10_000;
/** A move is stamped with the start of its transaction, so one that took this long is found behind the newest that was seen. */
export const OVERLAP_MS = 120_000;
/** What was seen of the overlap is remembered by pieces of this length. */
export const SEEN_BUCKET_MS = 30_000;
/** Characters of a cursor; the window is made shorter before it grows longer. */
export const CURSOR_LENGTH_MAX = 65_536;
/** Ranges that the question itself leaves out; the others are dropped from the answer. */
export const EXCLUDED_RANGES_MAX = 50;
/** Pages that one call looks through for something new. */
export const SEEN_PAGES_MAX = 20;
/** A draft that nobody noted is left by a lost call; no call runs for so long, neither ours nor Tryton's. */
export const ORPHAN_AGE_MS = 1_800_000;
/** Pages of drafts that one run looks through. */
export const ORPHAN_PAGES_MAX = 5;
/** Units that a record may tell of: a thousand times what anybody may count, and the sums of such records are exact. */
export const QUANTITY_MAX = 1_000_000_000_000;
