/** Events that are none of a webhook's business and that it may forget to have passed over: to pass over them again costs a query. */
export const PASSED_OVER_UNWRITTEN_MAX = 1_000;
/** Before it is asked again for somebody who delivers, should the message be lost. */
export const ASK_AGAIN_MS = 60_000;
