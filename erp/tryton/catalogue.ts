import * as z from 'zod';
import type { ErpCatalogue, ErpItem, ErpItemPage, ErpLocation } from '../port.ts';
import type { KnownBooks } from './known-books.ts';
import { RECORDS_PAGE } from './limits.ts';
import type { Rpc } from './rpc.ts';

export function trytonCatalogue(rpc: Rpc, books: KnownBooks, pageMax: number): ErpCatalogue {
  return {
    items: (cursor, signal) => items(rpc, cursor, pageMax, signal),
    // Tryton does not say what kind of place a warehouse is.
    locations: async (signal) =>
      (await books.again(signal)).warehouses.map(({ code, name }): ErpLocation => ({ code, name, type: 'warehouse' })),
  };
}

const productRow = z.object({ id: z.int(), code: z.string(), 'template.': z.object({ name: z.string().nullable() }) });
const identifierRow = z.object({ product: z.int(), type: z.string().nullable(), code: z.string() });

async function items(rpc: Rpc, cursor: string | null, pageMax: number, signal: AbortSignal): Promise<ErpItemPage> {
  const domain = [
    ['id', '>', Number(cursor ?? 0)],
    ['code', '!=', null],
    ['type', '!=', 'service'],
  ];
  const args = [domain, 0, pageMax, [['id', 'ASC']], ['code', 'template.name']];
  const products = await rpc.ask({ method: 'product.product.search_read', args, result: z.array(productRow) }, signal);
  const aliases = await aliasesOf(
    rpc,
    products.map(({ id }) => id),
    signal,
  );
  return {
    items: products.map(({ id, code, 'template.': { name } }): ErpItem => ({ code, name, aliases: aliases.get(id) ?? [] })),
    nextCursor: products.length < pageMax ? null : String(products.at(-1)?.id),
  };
}

/** GTINs, ISBNs and the like. A user who may not see them gets the items without. */
async function aliasesOf(
  rpc: Rpc,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, ErpItem['aliases']>> {
  const aliases = new Map<number, ErpItem['aliases']>();
  if (ids.length === 0) return aliases;
  const domain = [
    ['product', 'in', ids],
    ['type', '!=', null],
  ];
  const call = {
    method: 'product.identifier.search_read',
    args: [domain, 0, RECORDS_PAGE * 10, [['id', 'ASC']], ['product', 'type', 'code']],
    result: z.array(identifierRow),
  };
  const answer = await rpc.try(call, signal);
  if (answer.kind === 'refused' || answer.kind === 'failed') return aliases;
  const rows = answer.kind === 'answered' ? answer.result : await rpc.ask(call, signal);
  for (const { product, type, code } of rows) {
    if (type === null) continue;
    aliases.set(product, [...(aliases.get(product) ?? []), { system: type === 'ean' ? 'gtin' : type, externalId: code }]);
  }
  return aliases;
}
