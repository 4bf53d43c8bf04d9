import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryShop } from '../test/model/shops.ts';
import { channel, location } from '../test/story/ids.ts';
import type { ChannelId } from './ids.ts';
import type { Network } from './network.ts';
import { numbersBasis } from './numbers-basis.ts';
import { offer } from './offer.ts';

const network: Network = {
  version: 1,
  locations: [
    { id: location('dc'), priority: 1, stopSell: false },
    { id: location('store'), priority: 2, stopSell: false },
  ],
  channels: [
    { id: channel('web'), locations: null, buffer: 0, class: 100, stopSell: false },
    { id: channel('app'), locations: [location('dc')], buffer: 0, class: 100, stopSell: false },
  ],
};
const web = channel('web');
const [dc, store] = network.locations as [Network['locations'][0], Network['locations'][0]];
const [ofWeb, ofApp] = network.channels as [Network['channels'][0], Network['channels'][0]];

/** Whether a channel's numbers under one network are those under the other, whatever the stock. */
function sameNumbers(before: Network, now: Network, of: ChannelId): boolean {
  return numbersBasis(before, of) === numbersBasis(now, of);
}

describe('[R72] a newer network gives a channel the same numbers', () => {
  test.each<readonly [string, Partial<Network>]>([
    ['when nothing of it changed', {}],
    ['when another channel buffers', { channels: [ofWeb, { ...ofApp, buffer: 9 }] }],
    ['when another channel stops selling', { channels: [ofWeb, { ...ofApp, stopSell: true }] }],
    ['when its rows come in another order', { channels: [ofApp, ofWeb], locations: [store, dc] }],
    ['when there is trouble that it does not mind', { trouble: { feedSinceMs: 1, laneSinceMs: null } }],
  ])('%s', (_, change) => {
    expect(sameNumbers(network, { ...network, ...change, version: 2 }, web)).toBe(true);
  });
});

describe('[R72] a newer network may give a channel other numbers', () => {
  test.each<readonly [string, Partial<Network>]>([
    ['when it buffers', { channels: [{ ...ofWeb, buffer: 1 }, ofApp] }],
    ['when it stops selling', { channels: [{ ...ofWeb, stopSell: true }, ofApp] }],
    ['when it sells from fewer places', { channels: [{ ...ofWeb, locations: [dc.id] }, ofApp] }],
    ['when a place stops selling', { locations: [dc, { ...store, stopSell: true }] }],
    ['when places are asked in another order', { locations: [{ ...dc, priority: 3 }, store] }],
    ['when another channel comes first', { channels: [ofWeb, { ...ofApp, class: 1 }] }],
    ['when there is another channel', { channels: [ofWeb, ofApp, { ...ofApp, id: channel('till') }] }],
    ['when it is gone', { channels: [ofApp] }],
  ])('%s', (_, change) => {
    expect(sameNumbers(network, { ...network, ...change, version: 2 }, web)).toBe(false);
  });

  test('[R86] when its own orders are all at the one place that it has, and then may be at another', () => {
    const shows = { meaning: 'input', atMost: null } as const;
    const sellingFrom = (...places: readonly Network['locations'][0][]): Network => ({
      ...network,
      locations: [dc, { ...store, stopSell: true }],
      channels: [{ ...ofWeb, shows, locations: places.map(({ id }) => id) }],
    });
    expect(sameNumbers(sellingFrom(dc), { ...sellingFrom(dc), version: 2 }, web)).toBe(true);
    expect(sameNumbers(sellingFrom(dc), { ...sellingFrom(dc, store), version: 2 }, web)).toBe(false);
  });

  test('when there is trouble, and it has a policy for that', () => {
    const confidence = { countAgeSeconds: null, erpSilenceSeconds: null, feedLagSeconds: 1, shrinkPercent: 50 };
    const trusting = { ...network, channels: [{ ...ofWeb, confidence }, ofApp] };
    const troubled = { ...trusting, version: 2, trouble: { feedSinceMs: 1, laneSinceMs: null } };
    expect(sameNumbers(trusting, troubled, web)).toBe(false);
  });
});

test('[R72] networks that are said to give the same numbers give them, whatever the stock', () => {
  const changes = fc.constantFrom('stop', 'class', 'buffer', 'locations', 'priority', 'trouble') satisfies fc.Arbitrary<string>;
  let same = 0;
  fc.assert(
    fc.property(arbitraryShop, arbitraryShop, changes, fc.nat(3), ({ terms, network: before }, other, change, at) => {
      const now = mixed(before, other.network, change, at);
      for (const { id } of before.channels) {
        if (!sameNumbers(before, now, id)) continue;
        same += 1;
        expect(offer(terms, now, id)).toEqual(offer(terms, before, id));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(same).toBeGreaterThan(1_000);
});

/** One of the places or channels of a network becomes what it is in another, in one respect. */
function mixed(before: Network, other: Network, change: string, at: number): Network {
  const version = before.version + 1;
  if (change === 'trouble') return { ...before, version, trouble: other.trouble ?? null };
  const channels = before.channels.map((one, n) => {
    const its = other.channels[n];
    if (n !== at || its === undefined) return one;
    if (change === 'stop') return { ...one, stopSell: !one.stopSell };
    if (change === 'class') return { ...one, class: its.class };
    if (change === 'buffer') return { ...one, buffer: its.buffer };
    return change === 'locations' ? { ...one, locations: its.locations } : one;
  });
  const locations = before.locations.map((one, n) =>
    n === at && change === 'priority' ? { ...one, priority: one.priority + 1, stopSell: !one.stopSell } : one,
  );
  return { ...before, version, channels, locations };
}
