import type { Posting } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpCatalogue, type ErpPort, type PostOutcome } from '../port.ts';
import { balancePage, balancesOfItems } from './balances.ts';
import { changePage } from './changes.ts';
import { odooClient, type OdooClient } from './client.ts';
import { itemPage } from './items.ts';
import { ODOO_BATCH_MAX, ODOO_CALLS_AT_ONCE_MAX, ODOO_PAGE_MAX } from './limits.ts';
import type { OdooOptions } from './options.ts';
import { placesReader, type Places } from './places.ts';
import { findTransfers, postTransfers, type Outcomes } from './post.ts';

export interface OdooErpOptions {
  readonly url: string;
  /** An API key; with `/jsonrpc` a password does as well. */
  readonly token: string;
  readonly options: OdooOptions;
  /** Items per page of balances, moves per page of changes. */
  readonly pageMax?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly nowMs?: () => number;
}

type Read = (signal: AbortSignal) => Promise<Places>;

/** Odoo 17 to 19. */
export function odooErp({ url, token, options, pageMax: limit = ODOO_PAGE_MAX, ...rest }: OdooErpOptions): ErpPort {
  const { fetch = (request: Request) => globalThis.fetch(request), nowMs = Date.now } = rest;
  const client = odooClient({ url, fetch, nowMs }, options, token);
  const places = placesReader(client, options, nowMs);
  return {
    enforcesKeys: true,
    batchMax: ODOO_BATCH_MAX,
    callsAtOnceMax: ODOO_CALLS_AT_ONCE_MAX,
    post: (postings, signal) => post(client, places, postings, signal),
    find: async (keys, signal) => (keys.length === 0 ? new Map() : findTransfers(client, await places(signal), keys, signal)),
    balances: async (cursor, signal) => balancePage(client, await places(signal), { after: Number(cursor ?? 0), limit }, signal),
    balancesOf: async (skus, signal) => balancesOfItems(client, await places(signal), skus, signal),
    changes: async (after, signal) => changePage(client, await places(signal), { after, limit }, signal),
    catalogue: catalogueOf(client, places, limit),
  };
}

async function post(
  client: OdooClient,
  places: Read,
  postings: readonly Posting[],
  signal: AbortSignal,
): Promise<readonly PostOutcome[]> {
  if (postings.length === 0) return [];
  const outcomes: Outcomes = new Map();
  let unsettled: (key: string) => PostOutcome = (key) => ({ key, outcome: 'unknown', detail: 'Odoo was not asked.' });
  try {
    await postTransfers(client, await places(signal), postings, outcomes, signal);
  } catch (error) {
    if (!(error instanceof ErpUnavailable)) throw error;
    const { message: detail, retryAfterMs } = error;
    unsettled = (key) =>
      retryAfterMs === null ? { key, outcome: 'unknown', detail } : { key, outcome: 'throttled', retryAfterMs };
  }
  return postings.map(({ key }) => outcomes.get(key) ?? unsettled(key));
}

function catalogueOf(client: OdooClient, places: Read, limit: number): ErpCatalogue {
  return {
    items: async (cursor, signal) => {
      const page = await itemPage(client, await places(signal), { after: Number(cursor ?? 0), limit }, signal);
      const last = page.at(-1);
      return {
        items: page.flatMap(({ sku, name, barcode, active }) =>
          active ? [{ code: sku, name, aliases: barcode === null ? [] : [{ system: 'gtin', externalId: barcode }] }] : [],
        ),
        nextCursor: last === undefined || page.length < limit ? null : String(last.id),
      };
    },
    locations: async (signal) => {
      const { warehouses } = await places(signal);
      return [...warehouses.values()].map(({ code, name }) => ({ code, name, type: 'warehouse' }));
    },
  };
}
