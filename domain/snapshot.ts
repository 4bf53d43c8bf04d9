import type { Sku } from './ids.ts';
import type { Terms } from './offer.ts';
import type { Item } from './stock.ts';

/** What an object says of its SKU; every channel's answer is computed from it. True at (sequence, asOfMs). */
export interface Snapshot {
  readonly sku: Sku;
  readonly status: Item['status'];
  readonly terms: Terms;
  readonly sequence: number;
  readonly asOfMs: number;
  /** How long it may be served from then on, never beyond the next deadline (R39). */
  readonly freshForMs: number;
}
