import { describe, expect, test } from 'vitest';
import { adobeHarness } from '../test/adobe/harness.ts';
import { amazonHarness } from '../test/amazon/harness.ts';
import type { ChannelHarness } from '../test/contract/channel-port-contract.ts';
import { Dice } from '../test/model/dice.ts';
import { shopifyHarness } from '../test/shopify/harness.ts';
import type { StubFaults } from '../test/vendor-stub.ts';
import { walmartHarness } from '../test/walmart/harness.ts';
import type { Level, Progress, SetOutcome, ShownLevel } from './port.ts';

const SEEDS = Number(process.env['CHANNEL_SEEDS'] ?? 3);
const FIRST_SEED = Number(process.env['CHANNEL_SEED'] ?? 1);
const ROUNDS = 60;
const LISTINGS = 12;

type Setup = ChannelHarness & { readonly stub: { readonly faults: StubFaults; readonly violations: readonly string[] | number } };

// By the name of the vendor and of the way.
const SETUPS: readonly [string, string, () => Setup][] = [
  ['Walmart', 'item', () => walmartHarness()],
  ['Walmart', 'feed', () => walmartHarness()],
  ['Walmart with one number', 'feed', () => walmartHarness('default')],
  ['Adobe Commerce', 'now', () => adobeHarness()],
  ['Adobe Commerce', 'bulk', () => adobeHarness()],
  ['Shopify', 'call', () => shopifyHarness()],
  ['Shopify with one location', 'call', () => shopifyHarness('one')],
  ['Amazon', 'listing', () => amazonHarness()],
  ['Amazon', 'feed', () => amazonHarness()],
];

describe.each(SETUPS)('%s, by %s', (_, way, open) => {
  test.each(Array.from({ length: SEEDS }, (__, index) => FIRST_SEED + index))(
    'seed %i: whatever goes wrong on the way, what is said of a level is true of the vendor’s books',
    async (seed) => {
      const dice = new Dice(seed);
      const harness = open();
      const { channel, stub } = harness;
      const levelsMax = channel.ways.find(({ name }) => name === way)?.levelsMax ?? 1;
      const listings: string[] = [];
      while (listings.length < LISTINGS) listings.push(await harness.newListing());
      for (const listing of listings) if (dice.oneIn(6)) await harness.refuse(listing);
      const heard = new Set<string>();

      for (let round = 1; round <= ROUNDS; round += 1) {
        const chosen = listings.filter(() => dice.oneIn(2)).slice(0, levelsMax);
        const levels = chosen.map((listing) => levelOf(harness, listing, dice.roll(0, 40), round));
        const before = await Promise.all(chosen.map((listing) => harness.really(listing)));
        await harness.rest();
        Object.assign(stub.faults, { random: { dice, oneIn: 3 } });
        const outcomes = await channel.setLevels(way, levels, AbortSignal.timeout(20_000));
        Object.assign(stub.faults, { random: null });
        expect(outcomes).toHaveLength(levels.length);
        await harness.settle();
        for (const [index, level] of levels.entries()) {
          const outcome = outcomes[index];
          if (outcome === undefined) throw new Error('an outcome is missing');
          heard.add(outcome.outcome);
          const now = numbersOf(await harness.really(level.listing));
          const [was, wanted] = [numbersOf(before[index]), numbersOf(wantedOf(harness, level))];
          const truth = await trueAfter(outcome, level.listing);
          if (truth === 'wanted') expect(now).toEqual(wanted);
          else if (truth === 'was') expect(now).toEqual(was);
          else expect([was, wanted]).toContainEqual(now);
        }
      }
      // A run in which nothing went wrong, or nothing went well, would show nothing.
      expect(heard.has('unknown')).toBe(true);
      expect(heard.has('applied') || heard.has('accepted')).toBe(true);
      expect([0, []]).toContainEqual(stub.violations);

      async function trueAfter(outcome: SetOutcome, listing: string): Promise<'wanted' | 'was' | 'either'> {
        if (outcome.outcome === 'unknown') return 'either';
        if (outcome.outcome !== 'accepted') return outcome.outcome === 'applied' ? 'wanted' : 'was';
        await harness.rest();
        const progress: Progress = await channel.progress(outcome.receipt, AbortSignal.timeout(20_000));
        if (!progress.done) throw new Error('it was given its time');
        if ('lost' in progress) return 'either';
        return progress.refused.has(listing) || progress.failed.has(listing) ? 'was' : 'wanted';
      }
    },
  );
});

function levelOf({ places }: Setup, listing: string, quantity: number, version: number): Level {
  const first = Math.ceil(quantity / places.length);
  const parts = places.slice(0, 2).map((place, index) => ({ place, quantity: index === 0 ? first : quantity - first }));
  return { listing, quantity, places: parts, version, key: `${listing}@${version}`, believed: null };
}

function wantedOf({ channel }: Setup, { quantity, places }: Level): ShownLevel {
  return channel.hasPlaces ? { quantity: null, places } : { quantity, places: [] };
}

/** Places that show nothing may be told or not. */
function numbersOf(shown: ShownLevel | undefined): unknown {
  const places = shown?.places.filter(({ quantity }) => quantity !== 0).map(({ place, quantity }) => `${place}: ${quantity}`);
  return { quantity: shown?.quantity, places: places?.toSorted() };
}
