import { expect, test } from 'vitest';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { publish } from '../../test/feeds/publish.ts';
import { Shop, TEA } from '../../test/shop.ts';
import { levelsOf } from './levels-of.ts';

test('[R85] of a kit that got a part of which nobody has heard yet a channel is told that there is none', async () => {
  const shop = await Shop.open();
  await shop.receive(TEA, 8);
  await publish(shop);
  await shop.put('/v1/items/NEW', { status: 'active' });
  await shop.put('/v1/items/SET', {
    status: 'active',
    components: [
      { sku: TEA, factor: 1 },
      { sku: 'NEW', factor: 1 },
    ],
  });
  const { network } = await shop.directories.renewed();
  const levels = await levelsOf(shop.database, ['SET', 'NEW'] as Sku[], network, 'web' as ChannelId);
  expect(levels.get('SET' as Sku)).toMatchObject({ quantity: 0, places: [{ location: 'dc', quantity: 0 }] });
  // An item that was never projected may be on its way.
  expect(levels.has('NEW' as Sku)).toBe(false);
});
