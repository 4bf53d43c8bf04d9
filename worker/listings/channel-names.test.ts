import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';
import { channelNamesOf, listingsOf } from './channel-names.ts';

const WEB = 'web' as ChannelId;
let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

async function named(): Promise<{ readonly items: unknown; readonly places: unknown }> {
  const names = await channelNamesOf(shop.database, WEB);
  if (names === null) throw new Error('no channel');
  const items = await listingsOf(shop.database, [TEA as Sku, MUG as Sku], names);
  return { items: Object.fromEntries(items), places: Object.fromEntries(names.places) };
}

const called = (...names: readonly (readonly [system: string, external_id: string])[]) =>
  names.map(([system, external_id]) => ({ system, external_id }));

describe('[R88] what a channel calls things', () => {
  beforeEach(async () => {
    await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: called(['web', 'W-2'], ['web', 'W-1'], ['gtin', '401']) });
    await shop.put('/v1/locations/store', { type: 'store', priority: 2, aliases: called(['web', 'S-9'], ['web', 'S-1']) });
  });

  test('is its own name, of a place one, and ours where it said nothing of names', async () => {
    const { items, places } = await named();
    expect(items).toEqual({ [TEA]: ['W-1', 'W-2'], [MUG]: [MUG] });
    expect(places).toMatchObject({ dc: 'dc', store: 'S-1' });
  });

  test('is its own name alone where it leaves out the others', async () => {
    await shop.put('/v1/channels/web', { listings: {} });
    expect(await named()).toEqual({ items: { [TEA]: ['W-1', 'W-2'], [MUG]: [] }, places: { store: 'S-1' } });
  });

  test('is the name of another system, if it says so', async () => {
    await shop.put('/v1/channels/web', { listings: { system: 'gtin', unmapped: 'own_sku' } });
    const { items, places } = await named();
    expect([items, places]).toMatchObject([{ [TEA]: ['401'], [MUG]: [MUG] }, { store: 'store' }]);
    expect((await channelNamesOf(shop.database, WEB))?.namesPlaces).toBe(false);
  });

  test('is nothing for a channel that nobody knows', async () => {
    expect(await channelNamesOf(shop.database, 'nobody' as ChannelId)).toBe(null);
  });
});
