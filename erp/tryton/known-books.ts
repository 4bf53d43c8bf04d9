import { BOOKS_AGAIN_MS, BOOKS_KEPT_MS } from './limits.ts';
import { readBooks, type Books } from './books.ts';
import type { TrytonOptions } from './options.ts';
import type { Rpc } from './rpc.ts';

export interface KnownBooks {
  /** Throws ErpUnavailable. */
  get(signal: AbortSignal): Promise<Books>;
  /** As they are now, for somebody who misses a location; unless they have just been read. Throws ErpUnavailable. */
  again(signal: AbortSignal): Promise<Books>;
}

/** What we know of Tryton's company and locations, read once and remembered for a while. */
export function knownBooks(rpc: Rpc, options: TrytonOptions, nowMs: () => number): KnownBooks {
  let known: { readonly books: Books; readonly readAtMs: number } | null = null;

  async function atMost(ageMs: number, signal: AbortSignal): Promise<Books> {
    if (known === null || nowMs() - known.readAtMs >= ageMs) {
      const readAtMs = nowMs();
      known = { books: await readBooks(rpc, options, signal), readAtMs };
    }
    return known.books;
  }
  return {
    get: (signal) => atMost(BOOKS_KEPT_MS, signal),
    again: (signal) => atMost(BOOKS_AGAIN_MS, signal),
  };
}
