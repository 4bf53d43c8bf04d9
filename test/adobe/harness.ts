import { adobeChannel } from '../../channels/adobe/adobe-channel.ts';
import { adobeCredentials, adobeOptions } from '../../channels/adobe/options.ts';
import type { ChannelHarness } from '../contract/channel-port-contract.ts';
import { faultLevers } from '../vendor-stub.ts';
import { ADOBE_CREDENTIALS, StubAdobe } from './stub-adobe.ts';

export interface AdobeHarness extends ChannelHarness {
  readonly stub: StubAdobe;
  readonly clock: { nowMs: number };
}

const HOUR_MS = 3_600_000;

/** A shop that the stub plays, with a clock that a test moves. */
export function adobeHarness(options: object = {}): AdobeHarness {
  const clock = { nowMs: Date.parse('2026-11-21T08:00:00Z') };
  const stub = new StubAdobe({ clock });
  const channel = adobeChannel({
    options: adobeOptions.parse({ url: 'https://shop.test', sources_max: 2, ...options }),
    credentials: adobeCredentials.parse(ADOBE_CREDENTIALS),
    fetch: stub.fetch,
    nowMs: () => clock.nowMs,
  });
  const [first = '', second = ''] = stub.sources;
  let items = 0;
  const listed = (sku: string): string => {
    stub.addItem(sku);
    // A product is at a source from the day on that somebody put it there.
    stub.items.get(sku)?.set(first, { quantity: 0, status: 0 });
    return sku;
  };
  const rest = async () => void (clock.nowMs += HOUR_MS);
  return {
    channel,
    stub,
    clock,
    places: [first, second],
    unknownPlace: 'nowhere',
    compares: false,
    unknownListing: 'NO-SUCH-SKU',
    secrets: [ADOBE_CREDENTIALS.token],
    newListing: async () => listed(`TEA-${(items += 1)}`),
    oddListings: async () =>
      ['a/b', 'a b%20c', "it's+(1)*!", 'red, large', '"quoted"&x=1#?', '茶-Ü', '9007199254740993'].map(listed),
    really: async (listing) => {
      const item = stub.items.get(listing);
      if (item === undefined) return undefined;
      const places = [...item].map(([place, { quantity, status }]) => ({ place, quantity: status === 1 ? quantity : 0 }));
      return { quantity: null, places };
    },
    setByHand: async (listing, quantity) => void stub.items.get(listing)?.set(first, { quantity, status: 1 }),
    refuse: async (listing) => void stub.refused.add(listing),
    ...faultLevers(stub.faults),
    settle: async () => {
      await rest();
      stub.settle();
    },
    rest,
  };
}
