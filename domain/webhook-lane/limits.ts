/** An endpoint that failed for so long is given up: the day over which Standard Webhooks has senders try. */
export const GIVES_UP_AFTER_MS = 86_400_000;
/** And no sooner than after so many tries, should we ourselves have been away for most of that day. */
export const GIVES_UP_AFTER_ATTEMPTS = 10;
/** Back-off alone never waits longer, so whoever mended an endpoint waits an hour at most. */
export const WEBHOOK_WAIT_MAX_MS = 3_600_000;
/** How long whoever delivers may say nothing before somebody else takes over: a call and a half. */
export const TURN_MS_MAX = 25_000;
/** Text of the newest failure: a line. */
export const FAILURE_CHARACTERS_MAX = 200;
