import type { Sku } from './ids.ts';
import type { Item } from './stock.ts';

/** How many base units of an item are in one base unit of what is sold. A plain item is one part of itself, a kit has several. */
export interface Part {
  readonly sku: Sku;
  readonly units: number;
}

/** What is sold as one and made of other items. It has no stock of its own. */
export interface Kit {
  readonly status: Item['status'];
  readonly lowStockAt: number;
  /** Nothing of it is sold now, whatever there is of its parts. */
  readonly stopSell: boolean;
}
