// Every limit of delivering webhooks with its unit and its reason.

/** One run begins no call after this: with a call as long as one may take it ends within the half minute that goes on behind a batch. */
export const DELIVERY_RUN_MS_MAX = 10_000;
/** And after so many events neither: each takes two look-ups and a call, and an invocation has a thousand of those. */
export const DELIVERY_RUN_EVENTS_MAX = 200;
/** Events that a run reads at a time. */
export const DELIVERY_PAGE_EVENTS = 100;
/** How old the list of webhooks may be by which news are told: a new one hears of its first event that much later, at most. */
export const WEBHOOKS_CACHED_MS_MAX = 5_000;
