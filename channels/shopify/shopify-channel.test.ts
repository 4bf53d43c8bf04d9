import { describe, expect, test } from 'vitest';
import { accessTokenContract } from '../../test/contract/access-token-contract.ts';
import { channelPortContract } from '../../test/contract/channel-port-contract.ts';
import { shopifyHarness } from '../../test/shopify/harness.ts';
import type { Level } from '../port.ts';

channelPortContract('Shopify with every location', 'call', async () => shopifyHarness('each'));
channelPortContract('Shopify with one location', 'call', async () => shopifyHarness('one'));

accessTokenContract('Shopify', 86_399_000, () => shopifyHarness('each'));

const soon = () => AbortSignal.timeout(5_000);

function level(listing: string, quantity: number, changes: Partial<Level> = {}): Level {
  return { listing, quantity, places: [], version: 1, key: `${listing}@1`, believed: null, ...changes };
}

describe('a shop of Shopify', () => {
  test('a repeated call after a lost answer is told what became of the first, and writes history once', async () => {
    const { channel, stub, newListing, timeOutAfterSetting } = shopifyHarness('one');
    const listing = await newListing();
    const wanted = level(listing, 5, { believed: { quantity: 0, places: [] } });
    await timeOutAfterSetting();
    expect(await channel.setLevels('call', [wanted], AbortSignal.timeout(50))).toMatchObject([{ outcome: 'unknown' }]);
    // Without the key, what is believed would be stale by now.
    expect(await channel.setLevels('call', [wanted], soon())).toEqual([{ outcome: 'applied' }]);
    expect(stub.shop.history).toHaveLength(1);
  });

  test('what somebody changed back by hand is set again, though the call looks the same', async () => {
    const { channel, stub, newListing, setByHand, clock } = shopifyHarness('one');
    const listing = await newListing();
    await channel.setLevels('call', [level(listing, 5)], soon());
    await setByHand(listing, 9);
    clock.nowMs += 600_000;
    expect(await channel.setLevels('call', [level(listing, 5)], soon())).toEqual([{ outcome: 'applied' }]);
    expect(stub.shop.history).toHaveLength(2);
  });

  test('a call that failed before is made under another key', async () => {
    const { channel, stub, newListing, refuse } = shopifyHarness('one');
    const listing = await newListing();
    await refuse(listing);
    await channel.setLevels('call', [level(listing, 5)], soon());
    stub.shop.bundles.clear();
    expect(await channel.setLevels('call', [level(listing, 5)], soon())).toEqual([{ outcome: 'applied' }]);
    expect(stub.shop.history).toEqual([{ item: listing, location: stub.shop.locations[0], quantity: 5 }]);
  });

  test('a level of many places is never cut in two, and no call has more than 250 quantities', async () => {
    const { channel, stub, newListing, places } = shopifyHarness('each');
    const listings = await Promise.all(Array.from({ length: 250 }, newListing));
    const levels = listings.map((listing) => level(listing, 3, { places: places.map((place) => ({ place, quantity: 1 })) }));
    stub.calls = 0;
    const outcomes = await channel.setLevels('call', levels, soon());
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['applied']));
    // Two of quantities and one for the token.
    expect(stub.calls).toBe(3);
  });

  test('one of 250 that Shopify refuses without naming it is found, and the others are set', async () => {
    const { channel, stub, newListing, refuse } = shopifyHarness('one');
    const listings = await Promise.all(Array.from({ length: 250 }, newListing));
    await refuse(listings[137] ?? '');
    stub.shop.namesNobody = true;
    const outcomes = await channel.setLevels(
      'call',
      listings.map((listing) => level(listing, 3)),
      soon(),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(listings.map((_, index) => (index === 137 ? 'refused' : 'applied')));
    expect(stub.calls).toBeLessThan(20);
    expect(stub.violations).toBe(0);
  });

  test('a number that is not what was believed is stale, also where Shopify does not say whose', async () => {
    const { channel, stub, newListing, setByHand } = shopifyHarness('one');
    const [one, other] = [await newListing(), await newListing()];
    await setByHand(other, 4);
    stub.shop.namesNobody = true;
    const believed = { quantity: 0, places: [] };
    expect(await channel.setLevels('call', [level(one, 3, { believed }), level(other, 3, { believed })], soon())).toEqual([
      { outcome: 'applied' },
      { outcome: 'stale', shown: { quantity: 4, places: [] } },
    ]);
  });

  test('a reason that Shopify does not know is refused for all, with one call', async () => {
    const { channel, stub, newListing } = shopifyHarness('one', { reason: 'whim' });
    const listings = await Promise.all(Array.from({ length: 10 }, newListing));
    const outcomes = await channel.setLevels(
      'call',
      listings.map((listing) => level(listing, 3)),
      soon(),
    );
    expect(outcomes).toEqual(listings.map(() => ({ outcome: 'refused', code: 'invalid_reason', detail: expect.any(String) })));
    expect(stub.calls).toBe(1);
  });

  test('an item with more places than one page holds is read to its end', async () => {
    const { channel, stub } = shopifyHarness('each');
    const places = Array.from({ length: 230 }, (_, index) => String(1_000 + index));
    stub.addItem('77', places);
    stub.shop.items.get('77')?.set('1229', 12);
    const shown = (await channel.shown(['77'], soon())).get('77');
    expect(shown?.places).toHaveLength(230);
    expect(shown?.places.at(-1)).toEqual({ place: '1229', quantity: 12 });
  });

  test('an item without a place of ours, or a place by another name, is refused before anything is sent', async () => {
    const { channel, stub, newListing } = shopifyHarness('each');
    const listing = await newListing();
    const [nowhere, odd, named] = [
      level(listing, 1),
      level(listing, 1, { places: [{ place: 'gid://shopify/Location/655441491', quantity: 1 }] }),
      level('gid://shopify/Product/1', 1),
    ];
    expect(await channel.setLevels('call', [nowhere, odd, named], soon())).toMatchObject([
      { code: 'no_place' },
      { code: 'not_a_location' },
      { code: 'not_an_inventory_item' },
    ]);
    expect(stub.calls).toBe(0);
  });

  test('a bucket that is empty says how long it takes to fill', async () => {
    const { channel, newListing, throttle } = shopifyHarness('one');
    const listing = await newListing();
    await throttle(7_000);
    expect(await channel.setLevels('call', [level(listing, 1)], soon())).toEqual([{ outcome: 'throttled', retryAfterMs: 7_000 }]);
  });

  test('calls and questions as fast as the adapter says leave the smallest shop points to spare', async () => {
    const { channel, stub, clock, newListing } = shopifyHarness('each');
    const listings = await Promise.all(Array.from({ length: 40 }, newListing));
    const [way] = channel.ways;
    for (let second = 0; second < 120; second += 1) {
      for (let call = 0; call < way.callsPerSecond; call += 1)
        await channel.setLevels(
          'call',
          [level(listings[0] ?? '', second, { places: [{ place: '655441491', quantity: second }] })],
          soon(),
        );
      if (second % Math.ceil(1 / channel.questions.callsPerSecond) === 0) await channel.shown(listings, soon());
      clock.nowMs += 1_000;
    }
    expect(stub.violations).toBe(0);
  });
});
