import { describe, expect, test } from 'vitest';
import { amazonHarness, type AmazonHarness } from '../../test/amazon/harness.ts';
import { accessTokenContract } from '../../test/contract/access-token-contract.ts';
import { channelPortContract } from '../../test/contract/channel-port-contract.ts';
import type { Level } from '../port.ts';

for (const way of ['listing', 'feed']) channelPortContract('Amazon', way, async () => amazonHarness());

accessTokenContract('Amazon', 3_600_000, () => amazonHarness());

const soon = () => AbortSignal.timeout(5_000);

function level(listing: string, quantity: number): Level {
  return { listing, quantity, places: [], version: 1, key: `${listing}@1`, believed: null };
}

/** The receipt of one level that goes by this way. */
async function receiptOf({ channel }: AmazonHarness, way: string, one: Level): Promise<string> {
  const [outcome] = await channel.setLevels(way, [one], soon());
  if (outcome?.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.receipt;
}

describe('a seller at Amazon', () => {
  test('accepted is not applied: the item is looked at until it shows the number', async () => {
    const harness = amazonHarness();
    const { channel, newListing, settle } = harness;
    const listing = await newListing();
    const receipt = await receiptOf(harness, 'listing', level(listing, 6));
    expect(await channel.progress(receipt, soon())).toEqual({ done: false, askAfterMs: 30_000 });
    await settle();
    expect(await channel.progress(receipt, soon())).toEqual({ done: true, refused: new Map(), failed: new Map() });
  });

  test('an item that never shows what was accepted is to be set again', async () => {
    const harness = amazonHarness();
    const { channel, newListing, clock } = harness;
    const listing = await newListing();
    const receipt = await receiptOf(harness, 'listing', level(listing, 6));
    clock.nowMs += 900_000;
    expect(await channel.progress(receipt, soon())).toEqual({
      done: true,
      refused: new Map(),
      failed: new Map([[listing, { detail: expect.any(String) }]]),
    });
  });

  test('what else an item says of its fulfilment stays as it was', async () => {
    const harness = amazonHarness();
    const [one, other] = [await harness.newListing(), await harness.newListing()];
    await receiptOf(harness, 'listing', level(one, 6));
    await receiptOf(harness, 'feed', level(other, 7));
    await harness.settle();
    expect([harness.stub.listings.items.get(one), harness.stub.listings.items.get(other)]).toEqual([
      { quantity: 6, leadDays: 3 },
      { quantity: 7, leadDays: 3 },
    ]);
  });

  test('a feed that Amazon gives up is lost as a whole', async () => {
    const harness = amazonHarness();
    harness.stub.feeds.nextFails = true;
    const receipt = await receiptOf(harness, 'feed', level(await harness.newListing(), 6));
    expect(await harness.channel.progress(receipt, soon())).toEqual({ done: false, askAfterMs: 60_000 });
    await harness.settle();
    expect(await harness.channel.progress(receipt, soon())).toEqual({ done: true, lost: expect.stringContaining('FATAL') });
  });

  test('levels that would make a file too large wait for the next one', async () => {
    const { channel, stub, newListing } = amazonHarness({ feed_bytes_max: 10_000 });
    const listings = await Promise.all(Array.from({ length: 100 }, newListing));
    const outcomes = await channel.setLevels(
      'feed',
      listings.map((listing) => level(listing, 1)),
      soon(),
    );
    const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
    expect(accepted).toBeGreaterThan(20);
    expect(outcomes.slice(accepted).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 100 - accepted }, () => 'throttled'),
    );
    expect(stub.feeds.feeds.get('50000')?.text.length).toBeLessThanOrEqual(10_000);
  });

  test.each(['.', '..', '', '\ud800'])(
    'a name that cannot stand in an address (%j) is refused before anything is sent',
    async (name) => {
      const { channel, stub, newListing } = amazonHarness();
      const other = await newListing();
      for (const way of ['listing', 'feed'])
        expect(await channel.setLevels(way, [level(name, 1)], soon())).toMatchObject([
          { outcome: 'refused', code: 'unsendable_sku' },
        ]);
      expect(stub.calls).toEqual([]);
      expect(await channel.setLevels('feed', [level(name, 1), level(other, 1)], soon())).toMatchObject([
        { outcome: 'refused' },
        { outcome: 'accepted' },
      ]);
      expect([...(await channel.shown([name, other], soon())).keys()]).toEqual([other]);
    },
  );

  test('patches, feeds and questions as fast as the adapter says are never too fast', async () => {
    const harness = amazonHarness({}, { patchMs: 1_000, feedMs: 60_000 });
    const { channel, stub, clock, newListing } = harness;
    const listing = await newListing();
    const [patches, feeds] = channel.ways;
    const startMs = clock.nowMs;
    let [patched, fed, asked] = [0, 0, 0];
    const due = (way: { readonly callsPerSecond: number; readonly burst: number }) =>
      way.burst + Math.floor(((clock.nowMs - startMs) / 1_000) * way.callsPerSecond);
    for (; clock.nowMs < startMs + 300_000; clock.nowMs += 200) {
      for (; patched < due(patches); patched += 1) await channel.setLevels('listing', [level(listing, patched)], soon());
      for (; feeds !== undefined && fed < due(feeds); fed += 1) await channel.setLevels('feed', [level(listing, fed)], soon());
      for (; asked < due(channel.questions); asked += 1) await channel.shown([listing], soon());
    }
    expect(patched).toBeGreaterThan(1_400);
    expect(stub.violations).toBe(0);
  });
});
