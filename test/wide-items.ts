import type { LocationId, Sku } from '../domain/ids.ts';
import type { Snapshot } from '../domain/snapshot.ts';

export const itemNumber = (nth: number): Sku => `ITEM-${nth}` as Sku;

/** One of many items, at so many places. */
export function snapshotOfItem(nth: number, places: number): Snapshot {
  const place = { sellable: 1, reserved: 0, committed: 0, safetyStock: 0 };
  return {
    sku: itemNumber(nth),
    status: 'active',
    terms: {
      places: Array.from({ length: places }, (_, at) => ({ ...place, location: `place-${at}` as LocationId })),
      backordered: 0,
      backorderLimit: 0,
      lowStockAt: 5,
      buffers: [],
      quotas: [],
      stopSell: false,
    },
    sequence: 1,
    asOfMs: 0,
    freshForMs: 1_000,
  };
}
