import { describe, expect, test } from 'vitest';
import { channelPortContract, type ChannelHarness } from '../../test/contract/channel-port-contract.ts';
import { MemoryChannel, type MemoryChannelOptions } from './memory-channel.ts';

const ODD = ['A/B C', '50% "off"', "it's", 'Größe 茶', 'a,b;c', '9007199254740993123'];

describe.each<MemoryChannelOptions>([{}, { compares: true }, { places: ['here', 'there'], compares: true }])(
  'with %j',
  (options) => {
    for (const way of ['call', 'file'])
      channelPortContract('the channel in memory', way, async () =>
        // Who reads a file later cannot compare.
        harness(new MemoryChannel({ listings: [], ...options }), options, options.compares === true && way === 'call'),
      );
  },
);

test('a file that is read late writes over what was set meanwhile', async () => {
  const channel = new MemoryChannel({ listings: ['TEA'] });
  const level = { listing: 'TEA', places: [], key: 'k', believed: null };
  const [accepted] = await channel.setLevels('file', [{ ...level, quantity: 9, version: 1 }], soon());
  await channel.setLevels('call', [{ ...level, quantity: 0, version: 2 }], soon());
  if (accepted?.outcome === 'accepted') await channel.progress(accepted.receipt, soon());
  expect(channel.at('TEA')).toEqual({ quantity: 9, places: [] });
  expect(channel.history.map(({ version }) => version)).toEqual([2, 1]);
});

test('a file takes as long as it is told to', async () => {
  const channel = new MemoryChannel({ listings: ['TEA'] });
  channel.faults.asksBeforeDone = 1;
  await channel.setLevels('file', [{ listing: 'TEA', quantity: 9, places: [], version: 1, key: 'k', believed: null }], soon());
  expect(await channel.progress('file-1', soon())).toMatchObject({ done: false });
  expect(await channel.progress('file-1', soon())).toEqual({ done: true, refused: new Map(), failed: new Map() });
});

function harness(channel: MemoryChannel, { places = null }: MemoryChannelOptions, compares: boolean): ChannelHarness {
  const { faults } = channel;
  let listed = 0;
  return {
    channel,
    newListing: async () => {
      channel.list(`item-${(listed += 1)}`);
      return `item-${listed}`;
    },
    oddListings: async () => {
      for (const odd of ODD) channel.list(odd);
      return ODD;
    },
    unknownListing: 'nobody-has-it',
    places: places ?? [],
    ...(places === null ? {} : { unknownPlace: 'nowhere' }),
    really: async (listing) => channel.at(listing),
    setByHand: async (listing, quantity) =>
      channel.setByHand(
        listing,
        quantity,
        (places ?? []).slice(0, 1).map((place) => ({ place, quantity })),
      ),
    compares,
    refuse: async (listing) => void faults.refused.add(listing),
    throttle: async (retryAfterMs) => void (faults.throttled = { retryAfterMs }),
    timeOutBeforeSetting: async () => void (faults.timeOutBeforeSettingNext = 1),
    timeOutAfterSetting: async () => void (faults.timeOutAfterSettingNext = 1),
    goDown: async () => void (faults.down = true),
    heal: async () => {
      Object.assign(faults, { down: false, throttled: null, timeOutBeforeSettingNext: 0, timeOutAfterSettingNext: 0 });
      faults.refused.clear();
    },
    settle: async () => channel.settle(),
    rest: async () => {},
    secrets: [],
  };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(1_000);
}
