// Every limit of the adapter with its unit and its reason.

/** Transfers per call: Odoo makes and validates each in some 100 ms, and the whole call has ten seconds. */
export const ODOO_BATCH_MAX = 20;

/** Calls at a time: Odoo itself settles who comes second by beginning again, so more of them gain little. */
export const ODOO_CALLS_AT_ONCE_MAX = 2;

/** Items per page of balances, moves per page of changes. A page takes three to six calls. */
export const ODOO_PAGE_MAX = 200;

/** Pages of moves that were no changes, read in one call: some two seconds of it. */
export const ODOO_EMPTY_PAGES_MAX = 10;

/** Rows of one answer where there may be many for one page; the rest is asked for after the last one. */
export const ODOO_ROWS_MAX = 1_000;

/** How long what was read of warehouses and of the server is believed, in milliseconds. */
export const ODOO_PLACES_MS_MAX = 300_000;

/**
 * A move bears the time at which its transaction began, and is seen when that ends. Odoo ends none later than two
 * minutes after its beginning unless it is told to (`limit_time_real`); this is more than twice that.
 */
export const ODOO_OVERLAP_SECONDS = 300;

/** Seconds of the overlap that are forgotten together. */
export const ODOO_BUCKET_SECONDS = 10;

/** Runs of ids that a cursor remembers: some 20 KB. With more, the overlap is shortened. */
export const ODOO_RANGES_MAX = 1_000;

/** Units that a row may tell of: a thousand times what anybody may count, and the sums of such rows are exact. */
export const ODOO_QUANTITY_MAX = 1_000_000_000_000;
