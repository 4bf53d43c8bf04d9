import { expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import { publish } from '../../test/feeds/publish.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';
import { tellChannel } from './tell-channel.ts';

const WEB = 'web' as ChannelId;

test.each([
  [TEA, 5, MUG, 2],
  [MUG, 2, TEA, 5],
])('[R80] a name that passes from %s to another item is told the number of that one', async (from, before, to, after) => {
  const shop = await Shop.open();
  const call = (sku: string, ...names: readonly string[]) =>
    shop.put(`/v1/items/${sku}`, { status: 'active', aliases: names.map((external_id) => ({ system: 'web', external_id })) });
  const shown = async (): Promise<number | null | undefined> => {
    await publish(shop);
    await tellChannel(WEB, shop.channelParts);
    return shop.channelNamed(WEB).at('L')?.quantity;
  };
  await shop.put('/v1/channels/web', { listings: {} });
  await shop.put('/v1/channels/web/outlet', { adapter: 'memory' });
  await shop.receive(TEA, 5);
  await shop.receive(MUG, 2);
  await call(from, 'L');
  expect(await shown()).toBe(before);
  await call(from);
  await call(to, 'L');
  shop.nowMs += 300_000;
  expect(await shown()).toBe(after);
});
