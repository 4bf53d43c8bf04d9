import * as z from 'zod';
import { PRODUCTS_KEPT_MAX, PRODUCTS_KEPT_MS, RECORDS_PAGE } from './limits.ts';
import { readAll } from './read-all.ts';
import type { Rpc } from './rpc.ts';
import { decimal } from './values.ts';

export type Product = z.output<typeof productRow>;

const productRow = z.object({
  id: z.int(),
  code: z.string(),
  // Tryton's fields of either database: SQLite has no truth but 1.
  active: z.union([z.boolean(), z.number()]).transform(Boolean),
  default_uom: z.int(),
  list_price: decimal.nullable(),
  cost_price: decimal.nullable(),
});

export interface Products {
  /** What Tryton has under these codes: several products may share one. Throws ErpUnavailable. */
  withCodes(codes: readonly string[], companyId: number, signal: AbortSignal): Promise<ReadonlyMap<string, readonly Product[]>>;
}

/** Products by their codes, remembered for a minute; what was missing or closed is looked for each time. */
export function trytonProducts(rpc: Rpc, nowMs: () => number): Products {
  const known = new Map<string, { readonly product: Product; readonly readAtMs: number }>();

  function remembered(code: string): readonly Product[] {
    const entry = known.get(code);
    return entry === undefined || nowMs() - entry.readAtMs >= PRODUCTS_KEPT_MS ? [] : [entry.product];
  }
  return {
    withCodes: async (codes, companyId, signal) => {
      const found = new Map([...new Set(codes)].map((code) => [code, remembered(code)]));
      const missing = [...found].flatMap(([code, products]) => (products.length === 0 ? [code] : []));
      const readAtMs = nowMs();
      for (let at = 0; at < missing.length; at += RECORDS_PAGE) {
        const page = missing.slice(at, at + RECORDS_PAGE);
        for (const product of await readProducts(rpc, page, companyId, signal)) {
          found.set(product.code, [...(found.get(product.code) ?? []), product]);
        }
      }
      for (const code of missing) {
        const [product, ...others] = found.get(code) ?? [];
        if (product === undefined || others.length > 0 || !product.active) continue;
        if (known.size >= PRODUCTS_KEPT_MAX) known.clear();
        known.set(code, { product, readAtMs });
      }
      return found;
    },
  };
}

function readProducts(rpc: Rpc, codes: readonly string[], companyId: number, signal: AbortSignal): Promise<readonly Product[]> {
  const domain = [
    ['code', 'in', codes],
    ['active', 'in', [true, false]],
  ];
  const fields = Object.keys(productRow.shape);
  const records = { model: 'product.product', domain, fields, row: productRow, recordsMax: RECORDS_PAGE * 2 };
  return readAll(rpc, records, { company: companyId }, signal);
}
