import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { listings: {} });
});

const LISTINGS = '/v1/channels/web/listings';

async function call(sku: string, ...names: readonly string[]): Promise<void> {
  const aliases = names.map((external_id) => ({ system: 'web', external_id }));
  expect((await shop.put(`/v1/items/${sku}`, { status: 'active', aliases })).status).toBeLessThan(300);
}

const of = async (query: string): Promise<readonly unknown[]> => {
  const { body } = await shop.get('admin', `${LISTINGS}?${query}`);
  return body.items.map(({ external_id, sku, location }: Record<string, string | null>) => [external_id, sku ?? location]);
};

describe('[R88] the listings of a channel', () => {
  test('are each of its names, and what has none is listed instead of guessed', async () => {
    await call(TEA, 'W-2', 'W-1');
    await shop.put('/v1/locations/store', { type: 'store', priority: 2, aliases: [{ system: 'web', external_id: 'S-1' }] });
    expect(await of('')).toEqual([
      ['W-1', TEA],
      ['W-2', TEA],
    ]);
    expect(await of('state=unmapped')).toContainEqual([null, MUG]);
    expect(await of('state=unmapped')).not.toContainEqual([null, TEA]);
    expect(await of('kind=location')).toEqual([['S-1', 'store']]);
    expect(await of('kind=location&state=unmapped')).toContainEqual([null, 'dc']);
  });

  test('are those of the system that the channel says', async () => {
    await call(TEA, 'W-1');
    await shop.put('/v1/channels/app', { listings: { system: 'web' } });
    const { body } = await shop.get('admin', '/v1/channels/app/listings');
    expect(body.items).toEqual([{ kind: 'item', system: 'web', external_id: 'W-1', sku: TEA, location: null }]);
  });

  test.each(['mapped', 'unmapped'])('%s, are read page by page and each met once', async (state) => {
    for (let n = 0; n < 5; n += 1) await call(`SKU-${n}`, ...(state === 'mapped' ? [`W-${4 - n}`] : []));
    const met: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await shop.get('admin', `${LISTINGS}?limit=2&state=${state}${at}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      met.push(...body.items.map(({ sku }: { sku: string }) => sku));
      cursor = body.next_cursor;
    }
    const all = (await of(`state=${state}&limit=500`)).map((one) => (one as readonly string[])[1]);
    expect(met).toEqual(all);
    expect(new Set(met).size).toBe(met.length);
    expect(met.length).toBeGreaterThanOrEqual(5);
  });

  test('[I24] come as a file in which no cell begins a formula', async () => {
    await call(TEA, '=1+1', 'a,"b"');
    const csv = await shop.get('admin', `${LISTINGS}?format=csv`);
    expect(csv.body).toBe(`kind,system,external_id,sku,location\r\nitem,web,'=1+1,${TEA},\r\nitem,web,"a,""b""",${TEA},\r\n`);
    const ndjson = await shop.get('admin', `${LISTINGS}?format=ndjson`);
    expect(
      ndjson.body
        .trim()
        .split('\n')
        .map((line: string) => JSON.parse(line)),
    ).toEqual([
      { kind: 'item', system: 'web', external_id: '=1+1', sku: TEA },
      { kind: 'item', system: 'web', external_id: 'a,"b"', sku: TEA },
    ]);
  });

  test('of a channel that nobody knows there are none', async () => {
    expect((await shop.get('admin', '/v1/channels/nobody/listings')).status).toBe(404);
  });
});
