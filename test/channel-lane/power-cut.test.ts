import { expect, test } from 'vitest';
import { MemoryChannel } from '../../channels/memory/memory-channel.ts';
import { LaneWorld, seeded } from './lane-world.ts';

const LISTINGS = Array.from({ length: 600 }, (_, place) => `item-${place}`);
const all = (quantity: number) => LISTINGS.map((listing) => ({ listing, quantity }));

test('[R81] a file that went out before a power cut, and is read after newer numbers, does not stay', async () => {
  const channel = new MemoryChannel();
  const world = new LaneWorld(channel, seeded(1));
  world.fill(all(9));
  await world.settle();
  world.fill(all(7));
  world.diesAfterCalls = 1;
  await world.clock.until(world.push(world.clock.nowMs + 20_000));
  expect(world.calls.at(-1)?.way).toBe('file');
  // What it sold meanwhile, too few for a file.
  world.fill(LISTINGS.slice(0, 20).map((listing) => ({ listing, quantity: 2 })));
  world.beforeCall = () => {
    // The file is read when the newer numbers are there already.
    if (channel.at('item-0')?.quantity === 2) channel.settle();
  };
  await world.settle();
  channel.settle();
  await world.settle();
  expect(new Map(LISTINGS.map((listing) => [listing, channel.at(listing)?.quantity]))).toEqual(world.wanted());
});
