// Every limit of calls to addresses that somebody registered, with its unit and its reason.

/** One call, the look-up of its name among it: Standard Webhooks asks for 15 to 30 seconds, and a run of a queue has half a minute behind its batch. */
export const OUTBOUND_CALL_MS_MAX = 15_000;
/** Of this one look-up of a name: a resolver that takes longer is not there. */
export const LOOK_UP_MS_MAX = 3_000;
/** What is read of an answer: a page of a few thousand numbers, and well below what an isolate has for all its calls. */
export const OUTBOUND_ANSWER_BYTES_MAX = 8_388_608;
/** What a resolver tells of one name; the largest answers in use have a few dozen addresses. */
export const LOOK_UP_BYTES_MAX = 65_536;
