import { describe, expect, test } from 'vitest';
import type { ShownLevel } from '../../channels/port.ts';
import { adobeHarness } from '../adobe/harness.ts';
import { amazonHarness } from '../amazon/harness.ts';
import type { ChannelHarness } from '../contract/channel-port-contract.ts';
import { Dice } from '../model/dice.ts';
import { shopifyHarness } from '../shopify/harness.ts';
import type { StubFaults } from '../vendor-stub.ts';
import { walmartHarness } from '../walmart/harness.ts';
import { FAIR, LaneWorld, seeded, type LevelWanted } from './lane-world.ts';

const CHANGES = Number(process.env['CHANNEL_CHANGES'] ?? 10_000);
const SEED = Number(process.env['CHANNEL_SEED'] ?? 1);
const LISTINGS = 250;
const CHANGES_AT_ONCE = 100;

interface Setup extends ChannelHarness {
  readonly clock: { nowMs: number };
  readonly stub: {
    readonly faults: StubFaults;
    readonly violations: readonly string[] | number;
    readonly settle?: () => void;
  };
}

const VENDORS: readonly [vendor: string, open: () => Setup][] = [
  ['Shopify', () => shopifyHarness()],
  ['Amazon', () => amazonHarness()],
  ['Walmart', () => walmartHarness()],
  ['Adobe Commerce', () => adobeHarness()],
];

describe.each(VENDORS)('%s', (_, open) => {
  test(`[R81] [R82] [R83] ${CHANGES} changes under 429s, 5xx and lost answers end as they should, sold-outs first, at the vendor's pace`, async () => {
    const random = seeded(SEED);
    const harness = open();
    const { channel, stub, places } = harness;
    const world = new LaneWorld(channel, random);
    world.clock.nowMs = harness.clock.nowMs;
    Object.defineProperty(harness.clock, 'nowMs', { get: () => world.clock.nowMs });
    // What a channel took comes into force whenever it likes; the lane hears of it when it asks.
    let settledAtMs = 0;
    world.beforeCall = (kind) => {
      if (kind === 'question' ? random() < 0.3 : world.clock.nowMs - settledAtMs < 600_000) return;
      settledAtMs = world.clock.nowMs;
      stub.settle?.();
    };
    world.weather = { ...FAIR, laneRestarts: 0.001, pusherDies: 0.0005 };
    Object.assign(stub.faults, { random: { dice: new Dice(SEED), oneIn: 5 } });

    const listings: string[] = [];
    while (listings.length < LISTINGS) listings.push(await harness.newListing());
    const last = new Map<string, LevelWanted>();
    for (let changes = 0; changes < CHANGES;) {
      const wave = new Map<string, LevelWanted>();
      while (wave.size < Math.min(CHANGES_AT_ONCE, CHANGES - changes)) {
        const listing = listings[Math.floor(random() * listings.length)] ?? '';
        wave.set(listing, levelOf(listing, random() < 0.2 ? 0 : Math.floor(random() * 30), places));
      }
      for (const [listing, level] of wave) last.set(listing, level);
      changes += wave.size;
      world.fill([...wave.values()]);
      const pushing = world.push(world.clock.nowMs + random() * 20_000);
      await world.clock.until(Promise.all([pushing, world.clock.sleep(random() * 30_000)]));
    }
    await world.settle();

    const shown = await Promise.all(
      listings.map(async (listing) => [listing, numbersOf(await harness.really(listing))] as const),
    );
    const wanted = listings.map((listing) => {
      const { quantity, places: at = [] } = last.get(listing) ?? levelOf(listing, 0, places);
      return [listing, numbersOf({ quantity: at.length > 0 ? null : quantity, places: at })] as const;
    });
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted));
    expect([0, []]).toContainEqual(stub.violations);
    expect(world.overtakers).toEqual([]);
    expect(world.keeper.seen()).toMatchObject({ waiting: 0, underWay: 0, refused: 0 });
    // A run in which nothing went wrong would show nothing.
    expect(world.failed).toBeGreaterThan(CHANGES / 500);
  }, 240_000);
});

/** All of it at the first places, as the channel names them. */
function levelOf(listing: string, quantity: number, places: readonly string[]): LevelWanted {
  const [first, second] = places;
  if (first === undefined) return { listing, quantity };
  const here = Math.ceil(quantity / 2);
  if (second === undefined) return { listing, quantity, places: [{ place: first, quantity }] };
  return {
    listing,
    quantity,
    places: [
      { place: first, quantity: here },
      { place: second, quantity: quantity - here },
    ],
  };
}

/** Without what is 0: a channel may not name a place that has nothing. */
function numbersOf(level: ShownLevel | undefined): readonly unknown[] {
  if (level === undefined) return ['not listed'];
  const { quantity, places } = level;
  return [
    quantity,
    ...places
      .filter((at) => at.quantity > 0)
      .map((at) => `${at.place}: ${at.quantity}`)
      .toSorted(),
  ];
}
