/** Callers that stand in line at a time; each is a run of a queue's consumer, of which there are 250 at most. */
export const LINE_MAX = 1_000;
