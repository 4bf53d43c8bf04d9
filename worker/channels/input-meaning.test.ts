import { beforeEach, expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import { publish } from '../../test/feeds/publish.ts';
import { Shop, TEA } from '../../test/shop.ts';
import { tellChannel } from './tell-channel.ts';

const WEB = 'web' as ChannelId;
let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { listings: {}, shows: { meaning: 'input', at_most: 8 } });
  await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: [{ system: 'web', external_id: 'W-TEA' }] });
  await shop.put('/v1/channels/web/outlet', { adapter: 'memory' });
  await shop.receive(TEA, 10);
});

/** What the channel has been told, what a feed tells it, and what explain says of both. */
async function told(): Promise<readonly unknown[]> {
  await publish(shop);
  await tellChannel(WEB, shop.channelParts);
  const { body: feed } = await shop.get('admin', '/v1/feeds/web?format=csv');
  const [, row = ''] = String(feed).split('\r\n');
  const { body } = await shop.get('web', `/v1/availability/${TEA}/explain`);
  return [shop.channelNamed(WEB).at('W-TEA')?.quantity, Number(row.split(',')[3]), body.shows.level];
}

test('[R86] pushes, feeds and explain say the same of a channel that counts its own orders, through the life of one', async () => {
  expect(await told()).toEqual([8, 8, 8]);
  const reserved = await shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 4 }] });
  expect(await told()).toEqual([6, 6, 6]);
  const at = `/v1/reservations/${reserved.body.id}`;
  await shop.post('web', `${at}/commit`, { order_ref: 'W-1' });
  expect(await told()).toEqual([10, 10, 10]);
  await shop.post('stock', `${at}/fulfill`, {});
  expect(await told()).toEqual([6, 6, 6]);
});
