import { beforeEach, describe, expect, test } from 'vitest';
import { QUANTITY_MAX } from '../../contracts/limits.ts';
import { Shop } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

describe('[R85] what a channel shows', () => {
  const shows = { meaning: 'available', at_most: 20, takes_off: 'at_place' };

  test('is all of it at first, read back as it was put, and all again where nothing is said', async () => {
    expect((await shop.get('admin', '/v1/channels/web')).body.shows).toBe(null);
    const put = await shop.put('/v1/channels/web', { shows });
    expect([put.body.shows, (await shop.get('admin', '/v1/channels/web')).body]).toEqual([shows, put.body]);
    const { network } = await shop.directories.current();
    expect(network.channels.find(({ id }) => id === 'web')?.shows).toMatchObject({ meaning: 'available', atMost: 20 });
    expect((await shop.put('/v1/channels/web', {})).body.shows).toBe(null);
  });

  test('[R45b] put again as it is raises no version', async () => {
    await shop.put('/v1/channels/web', { shows });
    const { version } = (await shop.directories.renewed()).network;
    await shop.put('/v1/channels/web', { shows });
    expect((await shop.directories.renewed()).network.version).toBe(version);
  });

  test.each([
    [{ meaning: 'available', at_most: null }, 201],
    [{ meaning: 'available' }, 201],
    [{ meaning: 'available', at_most: 1 }, 201],
    [{ meaning: 'available', at_most: 0 }, 400],
    [{ meaning: 'available', at_most: QUANTITY_MAX }, 201],
    [{ meaning: 'available', at_most: QUANTITY_MAX + 1 }, 400],
    [{ meaning: 'input', takes_off: 'in_all' }, 201],
    [{ meaning: 'input', takes_off: 'somewhere' }, 400],
    [{ meaning: 'on_hand' }, 400],
    [{ at_most: 3 }, 400],
  ])('of %j is %i', async (asked, status) => {
    expect((await shop.put('/v1/channels/new', { shows: asked })).status).toBe(status);
  });
});

test('[R88] how a channel calls things is read back as it was put: by names of its own, unless it says whose', async () => {
  expect((await shop.get('admin', '/v1/channels/web')).body.listings).toBe(null);
  expect((await shop.put('/v1/channels/web', { listings: {} })).body.listings).toEqual({ system: 'web', unmapped: 'leave_out' });
  const listings = { system: 'gtin', unmapped: 'own_sku' };
  expect((await shop.put('/v1/channels/web', { listings })).body.listings).toEqual(listings);
  expect((await shop.put('/v1/channels/web', { listings: { unmapped: 'guess' } })).status).toBe(400);
});

describe('[R86] a number with its own open orders in it', () => {
  const shows = { meaning: 'input', at_most: null };
  const tellBy = (adapter: string, options: object) => shop.put('/v1/channels/web/outlet', { adapter, options });
  const shopify = (): ReturnType<typeof tellBy> => tellBy('shopify', { shop: 'tea.myshopify.com', location: '1' });

  test('is told to nobody who shows it as it is, whichever was said first', async () => {
    await shop.put('/v1/channels/web', { shows });
    const { body } = await shopify();
    expect([body.code, body.detail]).toEqual(['invalid_request', expect.stringContaining('shows.meaning')]);
    await shop.put('/v1/channels/web', {});
    expect((await shopify()).status).toBe(201);
    expect((await shop.put('/v1/channels/web', { shows })).body.detail).toContain('shows.meaning');
    expect((await shop.put('/v1/channels/web', { shows: { meaning: 'available', at_most: 5 } })).status).toBe(200);
  });

  test('is told to who takes them off', async () => {
    await shop.put('/v1/channels/web', { shows });
    expect((await tellBy('memory', {})).status).toBe(201);
  });
});
