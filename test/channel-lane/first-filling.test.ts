import { beforeEach, expect, test } from 'vitest';
import { MemoryChannel } from '../../channels/memory/memory-channel.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Position } from '../../durable-objects/channel-lane/protocol.ts';
import { FILL_WAITING_MAX } from '../../worker/channels/limits.ts';
import { tellChannel } from '../../worker/channels/tell-channel.ts';
import { publish } from '../feeds/publish.ts';
import { Shop, TEA } from '../shop.ts';
import { LaneWorld, seeded } from './lane-world.ts';

const WEB = 'web' as ChannelId;
let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { listings: {} });
  await shop.put('/v1/channels/web/outlet', { adapter: 'memory' });
  await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: [{ system: 'web', external_id: 'W-TEA' }] });
});

test('[R80] what a channel refused takes no room from what it was not told yet', async () => {
  const channel = new MemoryChannel();
  const world = new LaneWorld(channel, seeded(1));
  const listings = Array.from({ length: FILL_WAITING_MAX + 1 }, (_, place) => `item-${place}`);
  for (const listing of listings) channel.faults.refused.add(listing);
  world.fill(listings.map((listing) => ({ listing, quantity: 3 })));
  expect(world.keeper.position().waiting).toBe(listings.length);
  await world.settle();
  expect(world.keeper.seen().refused).toBe(listings.length);
  expect(world.keeper.position().waiting).toBe(0);
  // Nor does it fill the memory of the lane: a channel may know a tenth of a catalogue.
  expect(world.store.active()).toEqual([]);

  channel.faults.refused.clear();
  expect(world.keeper.sendAgain(['item-7'])).toBe(1);
  world.fill([{ listing: 'item-8', quantity: 4 }]);
  await world.settle();
  expect([channel.at('item-7')?.quantity, channel.at('item-8')?.quantity]).toEqual([3, 4]);
  expect(world.keeper.seen().refused).toBe(listings.length - 2);
});

test('[R83] a filling that waits for room comes back when the channel takes more, and not at once', async () => {
  const { faults } = shop.channelNamed(WEB);
  const { channelParts } = shop;
  const full = {
    ...channelParts,
    laneOf: (channel: ChannelId) => {
      const lane = channelParts.laneOf(channel);
      const before = lane.position.bind(lane);
      const position = async (): Promise<Position> => ({ ...(await before()), sweepAfter: '', waiting: FILL_WAITING_MAX + 1 });
      lane.position = position;
      return lane;
    },
  };
  await tellChannel(WEB, channelParts);
  await shop.receive(TEA, 10);
  await publish(shop);
  shop.channelsWoken.length = 0;
  faults.throttled = { retryAfterMs: 600_000 };
  expect(await tellChannel(WEB, full)).toMatchObject({ sent: 1 });
  expect(shop.channelsWoken).toEqual([]);
  faults.throttled = null;
  shop.nowMs += 600_000;
  expect(await tellChannel(WEB, full)).toMatchObject({ sent: 1 });
  expect(shop.channelsWoken).toEqual([WEB]);
});

test('[R83] whoever is asked for patience does not come back before, also where nothing else is to be filled', async () => {
  const { faults } = shop.channelNamed(WEB);
  await shop.receive(TEA, 10);
  await publish(shop);
  shop.channelsWoken.length = 0;
  faults.throttled = { retryAfterMs: 30_000 };
  const { againMs } = await tellChannel(WEB, shop.channelParts);
  expect(Number(againMs)).toBeGreaterThan(25_000);
  faults.throttled = { retryAfterMs: 600_000 };
  shop.nowMs += 30_000;
  shop.channelsWoken.length = 0;
  await tellChannel(WEB, shop.channelParts);
  expect(shop.channelsWoken).toEqual([]);
});
