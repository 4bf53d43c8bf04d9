import { shopifyChannel } from '../../channels/shopify/shopify-channel.ts';
import { shopifyCredentials, shopifyOptions } from '../../channels/shopify/options.ts';
import type { ChannelHarness } from '../contract/channel-port-contract.ts';
import { faultLevers } from '../vendor-stub.ts';
import { SHOPIFY_CREDENTIALS, SHOPIFY_TOKEN, StubShopify } from './stub-shopify.ts';

export interface ShopifyHarness extends ChannelHarness {
  readonly stub: StubShopify;
  readonly clock: { nowMs: number };
}

// Beyond 2^53, so that whoever reads them as numbers is found out.
const FIRST_ITEM = 9_007_199_254_740_993n;

/** A shop that the stub plays, with a clock that a test moves. */
export function shopifyHarness(places: 'each' | 'one' = 'each', options: object = {}): ShopifyHarness {
  const clock = { nowMs: Date.parse('2026-11-21T08:00:00Z') };
  const stub = new StubShopify({ clock });
  const [first = ''] = stub.shop.locations;
  const channel = shopifyChannel({
    options: shopifyOptions.parse({ shop: 'tea.myshopify.com', ...(places === 'one' && { location: first }), ...options }),
    credentials: shopifyCredentials.parse(places === 'one' ? { access_token: SHOPIFY_TOKEN } : SHOPIFY_CREDENTIALS),
    fetch: stub.fetch,
    nowMs: () => clock.nowMs,
  });
  let items = 0n;
  const listed = (item: string): string => {
    stub.addItem(item);
    return item;
  };
  const rest = async () => void (clock.nowMs += 60_000);
  return {
    channel,
    stub,
    clock,
    places: places === 'one' ? [] : stub.shop.locations,
    compares: true,
    unknownListing: '4711',
    ...(places === 'one' ? {} : { unknownPlace: '4711' }),
    secrets: [SHOPIFY_CREDENTIALS.client_secret, SHOPIFY_TOKEN, 'stub-token-shopify'],
    newListing: async () => listed(String(FIRST_ITEM + (items += 2n))),
    oddListings: async () => {
      const number = listed('18446744073709551615');
      return [number, `gid://shopify/InventoryItem/${listed('9007199254740997')}`, listed('1')];
    },
    really: async (listing) => {
      const levels = stub.shop.items.get(listing.slice(listing.lastIndexOf('/') + 1));
      if (levels === undefined) return undefined;
      if (places === 'one') return { quantity: levels.get(first) ?? 0, places: [] };
      return { quantity: null, places: [...levels].map(([place, quantity]) => ({ place, quantity })) };
    },
    setByHand: async (listing, quantity) => void stub.shop.items.get(listing)?.set(first, quantity),
    refuse: async (listing) => void stub.shop.bundles.add(listing),
    ...faultLevers(stub.faults),
    settle: rest,
    rest,
  };
}
