import { amazonChannel } from '../../channels/amazon/amazon-channel.ts';
import { amazonCredentials, amazonOptions } from '../../channels/amazon/options.ts';
import type { ChannelHarness } from '../contract/channel-port-contract.ts';
import { faultLevers } from '../vendor-stub.ts';
import { AMAZON_CREDENTIALS, StubAmazon, type StubAmazonOptions } from './stub-amazon.ts';
import { AMAZON_SELLER } from './stub-listings.ts';

export interface AmazonHarness extends ChannelHarness {
  readonly stub: StubAmazon;
  readonly clock: { nowMs: number };
}

/** A seller's account that the stub plays, with a clock that a test moves. */
export function amazonHarness(options: object = {}, applies: StubAmazonOptions['applies'] = null): AmazonHarness {
  const clock = { nowMs: Date.parse('2026-11-21T08:00:00Z') };
  const stub = new StubAmazon({ clock, applies });
  const channel = amazonChannel({
    options: amazonOptions.parse({
      region: 'na',
      ...AMAZON_SELLER,
      url: 'https://amazon.test',
      feed_levels_max: 1_000,
      ...options,
    }),
    credentials: amazonCredentials.parse(AMAZON_CREDENTIALS),
    fetch: stub.fetch,
    nowMs: () => clock.nowMs,
  });
  let items = 0;
  const listed = (sku: string): string => {
    stub.addItem(sku);
    return sku;
  };
  // A feed every two minutes, a report every three quarters of one.
  const rest = async () => void (clock.nowMs += 130_000);
  return {
    channel,
    stub,
    clock,
    places: [],
    compares: false,
    unknownListing: 'NO-SUCH-SKU',
    secrets: [AMAZON_CREDENTIALS.client_secret, AMAZON_CREDENTIALS.refresh_token, 'Atza|', 'stub-signature'],
    newListing: async () => listed(`TEA-${(items += 1)}`),
    oddListings: async () => ['a/b', 'a b%20c+d', "it's (1)*!", '"quoted"&x=1#?', '茶-Ü', '9007199254740993', 'a,b'].map(listed),
    really: async (listing) => {
      const item = stub.listings.items.get(listing);
      return item === undefined ? undefined : { quantity: item.quantity, places: [] };
    },
    setByHand: async (listing, quantity) => void Object.assign(stub.listings.items.get(listing) ?? {}, { quantity }),
    refuse: async (listing) => void stub.listings.blocked.add(listing),
    ...faultLevers(stub.faults),
    settle: async () => {
      await rest();
      stub.settle();
    },
    rest,
  };
}
