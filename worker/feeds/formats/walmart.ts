import type { FeedFormat } from '../format.ts';
import { WALMART_BYTES_MAX } from '../limits.ts';

/**
 * Walmart's MP_INVENTORY, spec 1.5: ship nodes are required, so what is at no place (backorder) is not told, and an item of which
 * nothing was ever at a place has 0 at each. Walmart takes its own orders off by itself: such a channel shows `input` (R86).
 *
 * | field | where from |
 * | --- | --- |
 * | sku | the listing |
 * | shipNode | the channel's name of the place |
 * | quantity.amount, unit | the level at that place, EACH |
 */
export const walmartMpInventory: FeedFormat = {
  contentType: 'application/json',
  fileMax: { items: Infinity, bytes: WALMART_BYTES_MAX },
  begin: () => '{"inventoryHeader":{"version":"1.5"},"inventory":[\n',
  item: ({ listing, places }, about, written) => {
    const nodes = places.length > 0 ? places : about.places.map((place) => ({ place, quantity: 0 }));
    if (nodes.length === 0) return null;
    const shipNodes = nodes.map(({ place, quantity }) => ({ shipNode: place, quantity: { unit: 'EACH', amount: quantity } }));
    return `${written === 0 ? '' : ',\n'}${JSON.stringify({ sku: listing, shipNodes })}`;
  },
  end: () => '\n]}\n',
};
