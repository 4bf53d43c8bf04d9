// Every limit of a channel's lane with its unit and its reason.

/** A call that was given up may still be carried out; after this nobody waits for that, unless its way says otherwise. */
export const LATE_MS = 60_000;
/** An order that a channel took itself reaches us within this, as a rule; until then what it lowered is not raised again. */
export const GRACE_MS = 120_000;
/** What was set a moment ago may not be readable yet. */
export const QUIET_MS = 60_000;
/** A file of which a channel says nothing final for a day is taken for lost. */
export const RECEIPT_MS_MAX = 86_400_000;
/** Calls of one way at a time: enough for 5 calls a second that take most of a second each. */
export const CALLS_AT_ONCE_MAX = 6;
/** Calls in a row without an answer after which a way is left alone. */
export const OPEN_AFTER = 5;
/** Answers in a row after which one more call at a time is tried. */
export const GROW_AFTER = 5;
/** Longer than any call may take (its time-out is 20 s), so what a dead pusher had under way is over by then. */
export const LEASE_MS = 45_000;
/** Of what the vendor allows: two clocks never tick alike, and calls that left apart may arrive together. */
export const SHARE_OF_RATE = 0.9;
/** Confirmations of which the lag is remembered: a few minutes of a busy lane, and one row all the same. */
export const LAGS_KEPT_MAX = 256;
