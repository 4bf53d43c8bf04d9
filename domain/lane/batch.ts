import { CALL_MS_FAST } from './limits.ts';

export interface BatchCall {
  readonly postings: number;
  readonly ms: number;
  /** It was given up before there was an answer. */
  readonly timedOut: boolean;
}

/**
 * How many postings the next call carries. An ERP that is too slow for so many at once would book them and be given up all
 * the same, every time; only what was given up counts, since an ERP that is merely far away is not helped by small calls.
 */
export function batchAfter(size: number, max: number, { postings, ms, timedOut }: BatchCall): number {
  if (timedOut) return Math.max(1, Math.min(size, Math.floor(postings / 2)));
  return postings >= size && ms < CALL_MS_FAST ? Math.min(max, size * 2) : size;
}
