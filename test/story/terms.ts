import type { Terms } from '../../domain/offer.ts';
import { location } from './ids.ts';

/** An item of which so many units lie at each place, and of which nobody has asked for any. */
export function termsWith(sellable: Readonly<Record<string, number>>): Terms {
  return {
    places: Object.entries(sellable).map(([id, units]) => ({
      location: location(id),
      sellable: units,
      reserved: 0,
      committed: 0,
      safetyStock: 0,
    })),
    backordered: 0,
    backorderLimit: 0,
    lowStockAt: 5,
    buffers: [],
    quotas: [],
    stopSell: false,
  };
}
