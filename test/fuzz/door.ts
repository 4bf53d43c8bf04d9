import type { Operation } from './document.ts';
import type { Answer, FuzzRequest } from './request.ts';

/** A shop that is asked, wherever it runs. */
export interface Door {
  ask(request: FuzzRequest): Promise<Answer>;
  /** Who may call an operation, by name. */
  callersFor(operation: Operation): readonly string[];
  /** Until what was taken in before is booked. */
  rest(): Promise<void>;
  /** All that there is, so that two of them are equal if nothing happened between. */
  digest(): Promise<string>;
  /** After so many requests that must be refused it is looked at whether one had an effect: digests cost. */
  readonly refusedAtOnce: number;
  /** What works by itself has its turn, and the shop has goods again. What broke meanwhile is said. */
  settle(): Promise<readonly string[]>;
  /** Lines of the log since it was asked last. */
  newLog(): Promise<string>;
  readonly nowMs: () => number;
  /** What may never be told. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The scopes of which an operation wants one, as the document tells. */
export function scopesOf({ description }: Operation): readonly string[] {
  return [...description.matchAll(/`([a-z:]+)`/g)].map(([, scope = '']) => scope);
}

export const BUYERS = ['anna.buyer@example.org', 'Bertram Käufer, Hafenstr. 7', '+49 40 5550123', 'buyer/0815'];

/** What both kinds of shop have. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  // One that is called in a test's shop, one that the server of `npm start` calls in vain, and one that is never called.
  url: ['https://hooks.shop.com/in', 'http://127.0.0.1:18999/in', 'https://10.0.0.1/in'],
  sku: ['TEA-1', 'MUG-1', 'TEA-1', 'SET-1', 'NEW-1', 'NEW-2'],
  location: ['dc', 'store', 'dc', 'dc', 'new-place'],
  channel: ['web', 'web', 'web', 'app'],
  source: ['wms', 'erp', 'wms'],
  connection: ['erp'],
  unit: ['box'],
  buyer: BUYERS,
  order_ref: ['ORDER-1'],
  system: ['gtin', 'sap'],
  external_id: ['4012345', '1000'],
  reservation_id: [],
  correlation_id: [],
  case_id: [],
  key_id: [],
  run_id: [],
  import_id: [],
  webhook_id: [],
  cursor: [],
};

/** Calls that put the shop back into order and fill its shelves, each by an admin. */
export function restocking(round: number, today: string): readonly { method: string; path: string; body: unknown }[] {
  const kit = { sku: 'TEA-1', factor: 2 };
  const inStock = ['TEA-1', 'MUG-1'].flatMap((sku) =>
    ['dc', 'store'].map((location) => ({
      id: `restock-${round}-${sku}-${location}`,
      source: 'wms',
      kind: 'received',
      sku,
      location,
      quantity: 500,
      occurred_at: today,
    })),
  );
  const put = (path: string, body: unknown) => ({ method: 'PUT', path: `/v1/${path}`, body });
  return [
    put('locations/dc', { type: 'dc', priority: 1, aliases: [{ system: 'sap', external_id: '1000' }] }),
    put('locations/store', { type: 'store', priority: 2 }),
    put('channels/web', {}),
    put('channels/app', { locations: ['dc'] }),
    put('sources/wms', { books: 'front' }),
    put('sources/erp', { books: 'erp' }),
    put('items/TEA-1', {
      status: 'active',
      aliases: [{ system: 'gtin', external_id: '4012345' }],
      units: [{ unit: 'box', factor: 12 }],
    }),
    put('items/MUG-1', { status: 'active' }),
    put('items/SET-1/receipts', { receipts: [] }),
    put('items/SET-1/policy', {}),
    put('items/SET-1', { status: 'active', components: [kit, { sku: 'MUG-1', factor: 1 }] }),
    put('items/TEA-1/policy', {}),
    put('items/MUG-1/policy', {}),
    { method: 'POST', path: '/v1/movements', body: { movements: inStock } },
  ];
}
