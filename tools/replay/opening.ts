import type { Sku } from '../../domain/ids.ts';

export interface Demand {
  readonly sku: Sku;
  readonly quantity: number;
}

/** A share of what will be asked for, rounded up, so that stock runs short before the file ends but nothing starts empty. */
export function openingBalances(sales: Iterable<Demand>, share: number): Map<Sku, number> {
  const demand = new Map<Sku, number>();
  for (const { sku, quantity } of sales) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
  for (const [sku, units] of demand) demand.set(sku, shareOf(units, share));
  return demand;
}

// 0.1 × 30 is 3.0000000000000004 to the machine, and nobody means 4 by it.
function shareOf(units: number, share: number): number {
  return Math.ceil(Number((units * share).toFixed(6)));
}
