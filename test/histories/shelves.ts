import type { Ask } from '../buyers/ask.ts';
import { tell } from '../buyers/scarce-shop.ts';
import type { Shelf } from './buying.ts';

const SCARCE = 8;
const PLENTY = 1_000_000;

/** A stretch of the run has items of its own, so that no history grows too long to be searched. */
export function shelvesFor(count: number): readonly Shelf[] {
  return Array.from({ length: count }, (_, n) => ({
    hot: `HOT-${n}`,
    others: [`COLD-${n}`, `COOL-${n}`],
    plenty: [`PLENTY-A-${n}`, `PLENTY-B-${n}`],
  }));
}

export function openingOf(sku: string): number {
  return sku.startsWith('PLENTY') ? PLENTY : SCARCE;
}

export async function furnish(admin: Ask, shelves: readonly Shelf[]): Promise<void> {
  const skus = shelves.flatMap(({ hot, others, plenty }) => [hot, ...others, ...plenty]);
  for (const sku of skus) await admin('PUT', `/v1/items/${sku}`, { status: 'active' });
  const occurredAt = new Date().toISOString();
  const opening = { source: 'wms', kind: 'received', location: 'dc', occurred_at: occurredAt } as const;
  await tell(
    admin,
    skus.map((sku) => ({ ...opening, sku, id: `opening-${sku}`, quantity: openingOf(sku) })),
  );
}
