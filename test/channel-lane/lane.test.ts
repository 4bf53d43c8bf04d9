import { describe, expect, test } from 'vitest';
import { MemoryChannel } from '../../channels/memory/memory-channel.ts';
import type { ChannelPort } from '../../channels/port.ts';
import { FAIR, LaneWorld, seeded, type Weather } from './lane-world.ts';

const LISTINGS = Array.from({ length: 60 }, (_, place) => `item-${place}`);
const STORMY: Weather = { throttled: 0.1, broken: 0.1, timedOut: 0.1, pusherDies: 0.01, laneRestarts: 0.02 };
const SEEDS = Array.from({ length: 12 }, (_, place) => place + 1);

describe.each(SEEDS)('with seed %i', (seed) => {
  test('[R81] whatever gets lost, late or twice on the way, the channel ends with what is wanted', async () => {
    const random = seeded(seed);
    const channel = new MemoryChannel({ compares: seed % 2 === 0 });
    const world = new LaneWorld(channel, random);
    world.weather = STORMY;
    await changeAndPush(world, random, 40, seed % 3 === 0 ? 600 : 20);
    await world.settle();
    expect(shownBy(channel, world)).toEqual(world.wanted());
    expect(world.keeper.seen()).toMatchObject({ waiting: 0, underWay: 0, refused: 0 });
  });

  test('[R83] nobody is called faster than the vendor allows, also when the lane starts anew', async () => {
    const random = seeded(seed);
    const channel = new MemoryChannel();
    const world = new LaneWorld(slowed(channel), random);
    world.weather = { ...STORMY, pusherDies: 0 };
    await changeAndPush(world, random, 10, 60);
    await world.settle();
    expect(world.tooFast).toBe(0);
    expect(world.calls.length).toBeGreaterThan(50);
    expect(shownBy(channel, world)).toEqual(world.wanted());
  });

  test('[R82] nothing is raised while a sold-out waits to be sent', async () => {
    const random = seeded(seed);
    const channel = new MemoryChannel();
    const world = new LaneWorld(channel, random);
    world.weather = { ...FAIR, throttled: 0.1 };
    await changeAndPush(world, random, 40, 30);
    await world.settle();
    expect(world.overtakers).toEqual([]);
    expect(shownBy(channel, world)).toEqual(world.wanted());
  });
});

/** One item at a time, five in a second: it is the rate that holds everybody up. */
function slowed(channel: MemoryChannel): ChannelPort {
  return {
    questions: channel.questions,
    hasPlaces: channel.hasPlaces,
    shownMax: channel.shownMax,
    ways: [
      { name: 'call', levelsMax: 1, callsPerSecond: 5, burst: 5, worthFrom: 1 },
      { name: 'file', levelsMax: 10_000, callsPerSecond: 1 / 120, burst: 15, worthFrom: 200 },
    ],
    setLevels: (way, levels, signal) => channel.setLevels(way, levels, signal),
    progress: (receipt, signal) => channel.progress(receipt, signal),
    shown: (listings, signal) => channel.shown(listings, signal),
  };
}

/** Waves of changes, and between them somebody who sends for a while. */
async function changeAndPush(world: LaneWorld, random: () => number, waves: number, most: number): Promise<void> {
  const listings = most > LISTINGS.length ? Array.from({ length: most }, (_, place) => `item-${place}`) : LISTINGS;
  for (let wave = 0; wave < waves; wave += 1) {
    const changed = new Set(
      Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * listings.length)),
    );
    world.fill(
      [...changed].map((place) => ({ listing: listings[place] ?? '', quantity: random() < 0.3 ? 0 : Math.floor(random() * 20) })),
    );
    const pushing = world.push(world.clock.nowMs + random() * 3_000);
    await world.clock.until(Promise.all([pushing, world.clock.sleep(random() * 2_000)]));
  }
}

function shownBy(channel: MemoryChannel, world: LaneWorld): ReadonlyMap<string, number | null | undefined> {
  return new Map([...world.wanted().keys()].map((listing) => [listing, channel.at(listing)?.quantity]));
}
