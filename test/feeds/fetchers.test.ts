import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, MUG, Shop, TEA } from '../shop.ts';
import { vendorChecks, vendorDocument } from '../vendor-contracts.ts';
import { publish } from './publish.ts';
import { rssItems } from './rss-items.ts';

// Each vendor's fetcher as its documents have it: it says who it is by HTTP Basic, takes gzip, and refuses what it does not know.

/** A name that XML, CSV and URLs have marks for, and a formula. */
const ODD = 'A&B <"5"; 1>';
const FORMULA = '=1+1';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  const named = (external_id: string) => [{ system: 'web', external_id }];
  await shop.put('/v1/locations/store', { type: 'store', priority: 2, aliases: named('77') });
  await shop.put('/v1/locations/dc', { type: 'dc', priority: 1, aliases: named('W-1') });
  const items = [
    [TEA, 'active', named('T-1')],
    [MUG, 'discontinued', []],
    ['CUP', 'active', []],
    ['POT', 'preorder', []],
    ['NEW', 'preorder', []],
    ['OLD', 'discontinued', []],
    [ODD, 'active', []],
    [FORMULA, 'active', []],
  ] as const;
  for (const [sku, status, aliases] of items) {
    await shop.put(`/v1/items/${encodeURIComponent(sku)}`, { status, aliases, name: `+${sku}` });
  }
  await shop.put('/v1/items/CUP/policy', { backorder_limit: 4 });
  for (const [sku, quantity] of [
    [TEA, 30],
    [MUG, 2],
    ['POT', 9],
    [ODD, 1],
    [FORMULA, 5],
  ] as const)
    await shop.receive(sku, quantity);
  await shop.receive(TEA, 3, 'store');
  await publish(shop);
});

/** Listing by listing what a channel is to show, as it is asked one by one. */
const NUMBERS: Readonly<Record<string, number>> = { 'T-1': 33, [MUG]: 2, CUP: 4, POT: 9, NEW: 0, OLD: 0, [ODD]: 1 };

async function fetchFile(query: string): Promise<{ readonly type: string; readonly text: string; readonly next: string }> {
  const authorization = `Basic ${btoa(`fetcher:${keyOf('web_feeds')}`)}`;
  const reply = await shop.app.request(`/v1/feeds/web?${query}`, { headers: { authorization, 'accept-encoding': 'gzip' } });
  expect([reply.status, reply.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  const text = gunzipSync(Buffer.from(await reply.arrayBuffer())).toString('utf8');
  const next = /<(.*)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1] ?? '';
  return { type: reply.headers.get('content-type') ?? '', text, next };
}

/** Rows by the names of their columns; a row with another number of cells ends the fetch. */
function table(text: string, delimiter: string, columns: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const quote = delimiter === '\t' ? null : '"';
  const [head, ...rows] = parse(text, { delimiter, quote, relax_column_count: false }) as string[][];
  expect(head).toEqual(columns);
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  return rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n] ?? ''])));
}

const whole = (text: string | undefined): number => {
  expect(text).toMatch(/^\d+$/);
  return Number(text);
};

describe('[R70] Google fetches', () => {
  const WORDS: readonly string[] = ['in_stock', 'out_of_stock', 'preorder', 'backorder'];
  const AVAILABILITY = {
    'T-1': 'in_stock',
    [MUG]: 'in_stock',
    CUP: 'backorder',
    POT: 'preorder',
    NEW: 'out_of_stock',
    OLD: 'out_of_stock',
    [ODD]: 'in_stock',
  };

  test('its words are those of the Merchant API, in small letters', () => {
    const products = vendorDocument('google-merchant/merchantapi.products_v1.json');
    const inventories = vendorDocument('google-merchant/merchantapi.inventories_v1.json');
    if (products === null || inventories === null) return;
    const known = products.schemas.ProductAttributes.properties.availability.enum;
    const inStores = inventories.schemas.LocalInventoryAttributes.properties.availability.enum;
    expect(known).toEqual(expect.arrayContaining(WORDS.map((word) => word.toUpperCase())));
    expect(inStores).toEqual(expect.arrayContaining(['IN_STOCK', 'OUT_OF_STOCK']));
    expect(inventories.schemas.LocalInventoryAttributes.properties.quantity.format).toBe('int64');
  });

  test('a supplemental feed of tabs', async () => {
    const { type, text } = await fetchFile('format=google_tsv');
    expect(type).toBe('text/tab-separated-values');
    const rows = table(text, '\t', ['id', 'availability']);
    expect(Object.fromEntries(rows.map(({ id, availability }) => [id, availability]))).toEqual(AVAILABILITY);
  });

  test('a supplemental feed of RSS', async () => {
    const { type, text } = await fetchFile('format=google_rss');
    expect(type).toBe('application/rss+xml');
    const rows = rssItems(text, ['id', 'availability']);
    expect(Object.fromEntries(rows.map(({ id, availability }) => [id, availability]))).toEqual({
      ...AVAILABILITY,
      [FORMULA]: 'in_stock',
    });
  });

  test.each(['google_local_tsv', 'google_local_rss'])('local inventory: %s', async (format) => {
    const { text } = await fetchFile(`format=${format}`);
    const columns = ['store_code', 'id', 'quantity', 'availability'];
    const rows = format === 'google_local_tsv' ? table(text, '\t', columns) : rssItems(text, columns);
    for (const { store_code: store, quantity, availability } of rows) {
      expect(['W-1', '77']).toContain(store);
      expect(availability).toBe(whole(quantity) > 0 ? 'in_stock' : 'out_of_stock');
    }
    const tea = rows.filter(({ id }) => id === 'T-1').map(({ store_code: store, quantity }) => `${store} ${quantity}`);
    expect(tea).toEqual(['W-1 30', '77 3']);
  });
});

test('[R70] Meta fetches a supplementary feed', async () => {
  const { type, text } = await fetchFile('format=meta_csv');
  expect(type).toBe('text/csv');
  const columns = ['id', 'availability', 'quantity_to_sell_on_facebook'];
  const rows = table(text, ',', columns);
  const item = vendorDocument('meta-catalog/ProductItem.json');
  const words = vendorDocument('meta-catalog/enum_types.product.json');
  if (item !== null && words !== null) {
    expect(item.fields.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(columns));
    const { values } = words.find(({ name }: { name: string }) => name === 'ProductItem_availability');
    for (const { availability } of rows) expect(values).toContain(availability);
  }
  expect(Object.fromEntries(rows.map(({ id, quantity_to_sell_on_facebook: units }) => [id, whole(units)]))).toEqual(NUMBERS);
  expect(rows.map(({ id, availability }) => `${id}: ${availability}`)).toEqual(
    expect.arrayContaining([
      'CUP: available for order',
      'POT: preorder',
      'NEW: out of stock',
      'OLD: discontinued',
      `${MUG}: in stock`,
    ]),
  );
});

test('[R70] Mirakl takes a file of stock, warehouses of one offer together', async () => {
  const { text } = await fetchFile('format=mirakl_sto01');
  const rows = table(text, ';', ['offer-sku', 'quantity', 'warehouse-code', 'update-delete']);
  const order = rows.map((row) => row['offer-sku'] ?? '');
  expect(order.filter((sku, n) => sku !== order[n - 1])).toEqual([...new Set(order)]);
  for (const row of rows) {
    expect(['W-1', '77']).toContain(row['warehouse-code']);
    expect(row['update-delete']).toBe('update');
    whole(row['quantity']);
  }
  expect(rows.filter((row) => row['offer-sku'] === 'T-1').map((row) => row['quantity'])).toEqual(['30', '3']);
});

test('[R70] Mirakl takes one number of each offer from whom has no warehouses there', async () => {
  await shop.put('/v1/channels/web', { listings: { system: 'gtin', unmapped: 'own_sku' } });
  const { text } = await fetchFile('format=mirakl_sto01');
  const rows = table(text, ';', ['offer-sku', 'quantity', 'warehouse-code', 'update-delete']);
  expect(rows.filter((row) => row['offer-sku'] === TEA).map((row) => [row['quantity'], row['warehouse-code']])).toEqual([
    ['33', ''],
  ]);
});

test('[R70] Amazon takes a listings feed', async () => {
  const { type, text } = await fetchFile('format=amazon_json&seller_id=A1B2C3');
  expect(type).toBe('application/json');
  const feed = JSON.parse(text);
  expect(vendorChecks('amazon/feeds/listings-feed-schema-v2.json')('')(feed)).toBe(null);
  expect(feed.header.sellerId).toBe('A1B2C3');
  expect(feed.messages.map(({ messageId }: { messageId: number }) => messageId)).toEqual(
    feed.messages.map((_: unknown, n: number) => n + 1),
  );
  const told = feed.messages.map(
    ({ sku, patches }: { sku: string; patches: { op: string; value: { quantity: number }[] }[] }) => {
      expect(patches.map(({ op }) => op)).toEqual(['merge']);
      return [sku, patches[0]?.value[0]?.quantity];
    },
  );
  expect(Object.fromEntries(told)).toEqual({ ...NUMBERS, [FORMULA]: 5 });
});

test('[R70] Walmart takes a feed of inventory at its ship nodes', async () => {
  const { text } = await fetchFile('format=walmart_mp_inventory');
  const feed = JSON.parse(text);
  expect(vendorChecks('walmart/feed-inventory.derived.schema.json', '2020')('/$defs/MP_INVENTORY_1_5')(feed)).toBe(null);
  const tea = feed.inventory.find(({ sku }: { sku: string }) => sku === 'T-1');
  expect(
    tea.shipNodes.map(({ shipNode, quantity }: { shipNode: string; quantity: { amount: number } }) => [
      shipNode,
      quantity.amount,
    ]),
  ).toEqual([
    ['W-1', 30],
    ['77', 3],
  ]);
  expect(feed.inventory).toHaveLength(8);
});

test('[R70] an agent takes a product feed', async () => {
  const { text } = await fetchFile('format=acp');
  const feed = JSON.parse(text);
  expect(vendorChecks('acp/2026-04-17/json-schema/schema.feed.json', '2020')('/$defs/UpsertProductsRequest')(feed)).toBe(null);
  const words: readonly string[] = feed.products.map(
    ({ id, variants }: { id: string; variants: { availability: { available: boolean; status: string } }[] }) =>
      `${id}: ${variants[0]?.availability.available} ${variants[0]?.availability.status}`,
  );
  expect(words).toEqual(
    expect.arrayContaining([
      'T-1: true in_stock',
      'CUP: true backorder',
      'NEW: false out_of_stock',
      'OLD: false discontinued',
      `${ODD}: true limited_stock`,
    ]),
  );
});

test.each([
  ['amazon_json&seller_id=A1', ''],
  ['walmart_mp_inventory', ''],
  ['google_rss', '<?xml'],
])('[R71] of no changes there is no file, or an empty one, and where to go on: %s', async (format, begins) => {
  const { next } = await fetchFile(`format=${format}`);
  const authorization = `Bearer ${keyOf('web_feeds')}`;
  const reply = await shop.app.request(next, { headers: { authorization } });
  expect(reply.status).toBe(begins === '' ? 204 : 200);
  expect(reply.headers.get('holdfast-next-since')).not.toBe(null);
  expect((await reply.text()).slice(0, 5)).toBe(begins);
});

test('[R74] [I24] an item whose name no cell can hold is left out and counted; in our own table it is made inert', async () => {
  const csv = table((await fetchFile('format=csv')).text, ',', [
    'sku',
    'listing',
    'name',
    'quantity',
    'status',
    'sequence',
    'as_of',
  ]);
  expect(csv.map(({ listing }) => listing)).toEqual(expect.arrayContaining([`'${FORMULA}`, ODD]));
  expect((await fetchFile('format=google_tsv')).text).not.toContain(FORMULA);
});
