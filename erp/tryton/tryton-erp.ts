import type { ErpNotes } from '../notes.ts';
import { ErpUnavailable, type ErpPort } from '../port.ts';
import { balances, balancesOf } from './balances.ts';
import { trytonCatalogue } from './catalogue.ts';
import { changes } from './changes.ts';
import { knownBooks } from './known-books.ts';
import { BATCH_MAX, CHANGES_PAGE, PRODUCTS_PAGE } from './limits.ts';
import { fateOf, receiptOf, tryMoveStates } from './move-states.ts';
import type { TrytonOptions } from './options.ts';
import { post } from './post.ts';
import { trytonProducts } from './products.ts';
import { trytonRpc, unavailable, type Rpc } from './rpc.ts';
import { steadyNotes } from './steady-notes.ts';
import { tidy } from './tidy.ts';

export interface TrytonErpOptions {
  /** Ends with the database. */
  readonly url: string;
  readonly password: string;
  readonly options: TrytonOptions;
  readonly notes: ErpNotes;
  /** Records per page, where a test wants to see pages. */
  readonly pageMax?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly nowMs?: () => number;
}

/** Tryton 6.0 with its module `stock`. */
export function trytonErp({
  url,
  password,
  options,
  notes: given,
  pageMax,
  fetch: send = (request) => fetch(request),
  nowMs = Date.now,
}: TrytonErpOptions): ErpPort & { readonly tidy: (signal: AbortSignal) => Promise<number> } {
  const rpc = trytonRpc({ url, user: options.user, password, fetch: send, nowMs });
  const notes = steadyNotes(given);
  const books = knownBooks(rpc, options, nowMs);
  const products = trytonProducts(rpc, nowMs);
  const ofProducts = { rpc, books, pageMax: pageMax ?? PRODUCTS_PAGE };
  return {
    enforcesKeys: false,
    batchMax: BATCH_MAX,
    // Two who post would create drafts for each other's postings; harmless, but for nothing.
    callsAtOnceMax: 1,
    post: async (postings, signal) =>
      postings.length === 0 ? [] : post({ rpc, books, products, notes, nowMs }, postings, signal),
    find: (keys, signal) => find(rpc, notes, keys, signal),
    balances: (cursor, signal) => balances(ofProducts, cursor, signal),
    balancesOf: async (skus, signal) => (skus.length === 0 ? [] : balancesOf(ofProducts, skus, signal)),
    changes: (after, signal) => changes({ rpc, books, notes, pageMax: pageMax ?? CHANGES_PAGE }, after, signal),
    catalogue: trytonCatalogue(rpc, books, pageMax ?? PRODUCTS_PAGE),
    tidy: (signal) => tidy(rpc, notes, nowMs(), signal),
  };
}

/** What is noted under a key is in the books once all of its moves are done; drafts are not. */
async function find(rpc: Rpc, notes: ErpNotes, keys: readonly string[], signal: AbortSignal) {
  if (signal.aborted) throw new ErpUnavailable('Tryton was not asked in time.');
  const noted = await notes.find(keys);
  const states = await tryMoveStates(
    rpc,
    [...noted.values()].flatMap(({ documents }) => documents),
    signal,
  );
  if (states.kind !== 'answered') throw unavailable(states);
  const done = [...noted].filter(([, note]) => fateOf(note, states.result) === 'done');
  return new Map(done.map(([key, { documents }]) => [key, receiptOf(documents)]));
}
