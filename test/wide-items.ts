import type { Sku } from '../domain/ids.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { termsWith } from './story/terms.ts';

export const itemNumber = (nth: number): Sku => `ITEM-${nth}` as Sku;

/** One of many items, at so many places. */
export function snapshotOfItem(nth: number, places: number): Snapshot {
  const sellable = Object.fromEntries(Array.from({ length: places }, (_, at) => [`place-${at}`, 1]));
  return {
    sku: itemNumber(nth),
    status: 'active',
    terms: termsWith(sellable),
    sequence: 1,
    asOfMs: 0,
    freshForMs: 1_000,
  };
}
