/** The design that one writes first, by the same list prices: what ours is compared with. */
export const NAIVE = {
  read: {
    dollarsPerMillion: 0.84,
    formula: 'request 0.30 + 2 ms of CPU 0.04 + one KV read 0.50',
  },
  life: {
    dollarsPerMillion: 31,
    formula:
      '13 rows written 13.00 + a flush per posting 2.50 + a message per posting, twice 2.40 + two KV writes 10.00 + two D1 rows 2.00 + two requests, their CPU and objects 1.04',
  },
} as const;

/** What we want to stay below. */
export const TARGETS = {
  /** Of a million cached reads. */
  read: 0.36,
  /** Of a million reservation lives at 20 postings a flush: reserve, commit, flush, purge. */
  life: 9,
} as const;
