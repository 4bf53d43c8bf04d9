import { walmartChannel } from '../../channels/walmart/walmart-channel.ts';
import { walmartCredentials, walmartOptions } from '../../channels/walmart/options.ts';
import type { ChannelPort } from '../../channels/port.ts';
import type { ChannelHarness } from '../contract/channel-port-contract.ts';
import { faultLevers } from '../vendor-stub.ts';
import { StubWalmart, WALMART_CREDENTIALS } from './stub-walmart.ts';

export interface WalmartHarness extends ChannelHarness {
  readonly channel: ChannelPort;
  readonly stub: StubWalmart;
  readonly clock: { nowMs: number };
}

const HOUR_MS = 3_600_000;

/** A Walmart that the stub plays, with a clock that a test moves. */
export function walmartHarness(shipNodes: 'each' | 'default' = 'each', options: object = {}): WalmartHarness {
  const clock = { nowMs: Date.parse('2026-11-21T08:00:00Z') };
  const stub = new StubWalmart({ clock });
  const channel = walmartChannel({
    options: walmartOptions.parse({ url: 'https://walmart.test', ship_nodes: shipNodes, ...options }),
    credentials: walmartCredentials.parse(WALMART_CREDENTIALS),
    fetch: stub.fetch,
    nowMs: () => clock.nowMs,
  });
  const places = shipNodes === 'each' ? stub.nodes : [];
  let items = 0;
  const listed = (sku: string): string => {
    stub.addItem(sku);
    return sku;
  };
  const rest = async () => void (clock.nowMs += HOUR_MS);
  return {
    channel,
    stub,
    clock,
    places,
    compares: false,
    unknownListing: 'NO-SUCH-SKU',
    ...(shipNodes === 'each' ? { unknownPlace: '9999999999' } : {}),
    secrets: [WALMART_CREDENTIALS.client_secret, btoa(Object.values(WALMART_CREDENTIALS).join(':')), 'stub-token-walmart'],
    newListing: async () => listed(`TEA-${(items += 1)}`),
    oddListings: async () => ['a/b', 'a b%20c', "it's+(1)*!", '"quoted"&x=1#?', '茶-Ü', '9007199254740993'].map(listed),
    really: async (listing) => {
      const item = stub.items.get(listing);
      if (item === undefined) return undefined;
      const at = [...item].map(([place, quantity]) => ({ place, quantity }));
      return shipNodes === 'each' ? { quantity: null, places: at } : { quantity: at[0]?.quantity ?? 0, places: [] };
    },
    setByHand: async (listing, quantity) => void stub.items.get(listing)?.set(stub.nodes[0] ?? '', quantity),
    refuse: async (listing) => void stub.refused.add(listing),
    ...faultLevers(stub.faults),
    settle: async () => {
      await rest();
      stub.settle();
    },
    rest,
  };
}
