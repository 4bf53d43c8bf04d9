import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import { ErpUnavailable, type ErpBalance, type ErpBalancePage } from '../port.ts';
import type { Books, Zone } from './books.ts';
import type { KnownBooks } from './known-books.ts';
import { RECORDS_PAGE } from './limits.ts';
import type { Rpc } from './rpc.ts';
import { eachOnce, quantity } from './values.ts';

export interface BalancesDeps {
  readonly rpc: Rpc;
  readonly books: KnownBooks;
  readonly pageMax: number;
}

/** A page of products, each at every place, nothing there included; closed products too, for they may have units still. */
export async function balances(deps: BalancesDeps, cursor: string | null, signal: AbortSignal): Promise<ErpBalancePage> {
  const books = await deps.books.get(signal);
  const domain = [...GOODS, ['id', '>', Number(cursor ?? 0)]];
  const products = await productsIn(deps.rpc, domain, deps.pageMax, signal);
  const items = await balancesByZone(deps.rpc, books, products, signal);
  return { items, nextCursor: products.length < deps.pageMax ? null : String(products.at(-1)?.id) };
}

export async function balancesOf(deps: BalancesDeps, skus: readonly Sku[], signal: AbortSignal): Promise<readonly ErpBalance[]> {
  const books = await deps.books.get(signal);
  const found: ErpBalance[] = [];
  for (let at = 0; at < skus.length; at += RECORDS_PAGE) {
    const domain = [...GOODS, ['code', 'in', skus.slice(at, at + RECORDS_PAGE)]];
    const products = await productsIn(deps.rpc, domain, RECORDS_PAGE, signal);
    // One question per product, or one per zone: whichever are fewer.
    const read = products.length < books.zones.length ? balancesByProduct : balancesByZone;
    found.push(...(await read(deps.rpc, books, products, signal)));
  }
  return found;
}

const GOODS = [
  ['active', 'in', [true, false]],
  ['type', '!=', 'service'],
  ['code', '!=', null],
];

type ProductRow = z.output<typeof productRow>;

const productRow = z.object({ id: z.int(), code: z.string() });
const quantityRow = z.object({ id: z.int(), quantity });

function productsIn(rpc: Rpc, domain: readonly unknown[], limit: number, signal: AbortSignal): Promise<readonly ProductRow[]> {
  const args = [domain, 0, limit, [['id', 'ASC']], ['code']];
  return rpc.ask({ method: 'product.product.search_read', args, result: eachOnce(productRow) }, signal);
}

async function balancesByZone(
  rpc: Rpc,
  { companyId, zones }: Books,
  products: readonly ProductRow[],
  signal: AbortSignal,
): Promise<readonly ErpBalance[]> {
  if (products.length === 0) return [];
  const domain = [
    ['id', 'in', products.map(({ id }) => id)],
    ['active', 'in', [true, false]],
  ];
  const args = [domain, 0, products.length, null, ['quantity']];
  const numbers = new Map<string, number>();
  for (const { id: zone } of zones) {
    // Without a date it is as of the server's own today, and of done moves only.
    const context = { company: companyId, locations: [zone], with_childs: true };
    const rows = await rpc.ask({ method: 'product.product.search_read', args, result: z.array(quantityRow), context }, signal);
    for (const [id, quantity] of eachOf(products, rows)) numbers.set(`${id} ${zone}`, quantity);
  }
  return products.flatMap((product) => balancesIn(product, zones, (zone) => numbers.get(`${product.id} ${zone}`) ?? 0));
}

async function balancesByProduct(
  rpc: Rpc,
  { companyId, zones }: Books,
  products: readonly ProductRow[],
  signal: AbortSignal,
): Promise<readonly ErpBalance[]> {
  const domain = [
    ['id', 'in', zones.map(({ id }) => id)],
    ['active', 'in', [true, false]],
  ];
  const args = [domain, 0, zones.length, null, ['quantity']];
  const found: ErpBalance[] = [];
  for (const product of products) {
    const context = { company: companyId, product: product.id, with_childs: true };
    const rows = await rpc.ask({ method: 'stock.location.search_read', args, result: z.array(quantityRow), context }, signal);
    const numbers = eachOf(zones, rows);
    found.push(...balancesIn(product, zones, (zone) => numbers.get(zone) ?? 0));
  }
  return found;
}

/** The number of each that was asked for. One that is not told is not 0: it is not known. */
function eachOf(
  asked: readonly { readonly id: number }[],
  rows: readonly z.output<typeof quantityRow>[],
): ReadonlyMap<number, number> {
  const numbers = new Map(rows.map(({ id, quantity }) => [id, quantity]));
  if (rows.length !== asked.length || asked.some(({ id }) => !numbers.has(id)))
    throw new ErpUnavailable('Tryton did not tell the quantities of all that were asked for, each once.');
  return numbers;
}

function balancesIn({ code }: ProductRow, zones: readonly Zone[], quantityIn: (zone: number) => number): readonly ErpBalance[] {
  return zones.flatMap(({ id, location, status, within }) => {
    const onHand = within.reduce((left, inner) => left - quantityIn(inner), quantityIn(id));
    // A part of a unit is no number of ours, and a rounded one would be a lie.
    return Number.isSafeInteger(onHand) ? [{ sku: code as Sku, location, status, onHand, committed: 0, mark: null }] : [];
  });
}
