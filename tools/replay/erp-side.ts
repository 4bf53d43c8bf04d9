import type * as z from 'zod';
import { ERP_PAGE_MAX, ERP_PATHS, erpBalancesReply } from '../../contracts/generic-erp.ts';
import type { Sku } from '../../domain/ids.ts';
import { yes, type Ask } from './ask.ts';
import type { ErpBalance } from './compare.ts';

/** The ERP as its own users see it, beside the front. */
export interface ErpSide {
  /** Makes sure that it knows these items, where it books only on items that it knows. */
  prepare(skus: readonly Sku[]): Promise<void>;
  /** By item. */
  balances(): Promise<ReadonlyMap<string, readonly ErpBalance[]>>;
}

/** An ERP that speaks the generic contract, such as the reference ERP; it books on any item. */
export function genericErp(ask: Ask, token: string): ErpSide {
  return { prepare: async () => undefined, balances: () => balancesOf(ask, token) };
}

async function balancesOf(ask: Ask, token: string): Promise<ReadonlyMap<string, readonly ErpBalance[]>> {
  const balances = new Map<string, ErpBalance[]>();
  for (let cursor: string | null = null; ;) {
    const after: string = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
    const path: string = `${ERP_PATHS.balances}?limit=${ERP_PAGE_MAX}${after}`;
    const page: z.output<typeof erpBalancesReply> = yes(
      `GET ${path}`,
      await ask({ kind: 'erp', method: 'GET', path, token }),
      erpBalancesReply,
    );
    for (const balance of page.items) balances.set(balance.sku, [...(balances.get(balance.sku) ?? []), balance]);
    if (page.next_cursor === null) return balances;
    cursor = page.next_cursor;
  }
}
