import { expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { FeedAbout, FeedItem } from './format.ts';
import { amazonJson } from './formats/amazon.ts';
import { csv } from './formats/csv.ts';
import { googleLocalTsv, googleTsv } from './formats/google.ts';
import { ndjson } from './formats/ndjson.ts';
import { walmartMpInventory } from './formats/walmart.ts';
import { AMAZON_MESSAGES_MAX, WALMART_BYTES_MAX } from './limits.ts';
import type { ItemsPage } from './read-items.ts';
import { streamed, whole, type NextPage } from './write-feed.ts';

const ABOUT: FeedAbout = {
  kind: 'full',
  channel: 'web',
  nextSince: 'x',
  nowMs: 0,
  sellerId: 'A1',
  productType: 'PRODUCT',
  namesPlaces: true,
  places: ['dc'],
};

function item(n: number, places: FeedItem['places'] = [{ place: 'dc', quantity: n }]): FeedItem {
  const sku = `SKU-${String(n).padStart(6, '0')}` as Sku;
  return { sku, listing: sku, name: null, quantity: n, status: 'in_stock', places, sequence: 1, asOfMs: 0 };
}

function pages(items: readonly FeedItem[], size = 500): NextPage {
  const all: ItemsPage[] = [];
  for (let at = 0; at < items.length; at += size) {
    const some = items.slice(at, at + size);
    all.push({ items: some, leftOut: 0, last: some.at(-1)?.sku ?? null });
  }
  return async () => all.shift() ?? null;
}

const many = (count: number): readonly FeedItem[] => Array.from({ length: count }, (_, n) => item(n));

test('[R74] a file for Amazon ends after 25,000 messages, and says behind which item the next begins', async () => {
  const items = many(AMAZON_MESSAGES_MAX + 3);
  const first = await whole(amazonJson, ABOUT, pages(items));
  expect([JSON.parse(first.text).messages.length, first.after]).toEqual([
    AMAZON_MESSAGES_MAX,
    items[AMAZON_MESSAGES_MAX - 1]?.sku,
  ]);
  const just = await whole(amazonJson, ABOUT, pages(items.slice(3)));
  expect([just.items, just.after]).toEqual([AMAZON_MESSAGES_MAX, null]);
  const rest = await whole(amazonJson, ABOUT, pages(items.slice(AMAZON_MESSAGES_MAX)));
  expect(JSON.parse(rest.text).messages.map(({ messageId }: { messageId: number }) => messageId)).toEqual([1, 2, 3]);
});

test('[R74] a file for Walmart ends before 5 MB, between two items, and nothing is lost between two files', async () => {
  const nodes = Array.from({ length: 100 }, (_, n) => ({ place: `node-${n}`, quantity: 1 }));
  const items = Array.from({ length: 1_500 }, (_, n) => item(n, nodes));
  const told: string[] = [];
  let from = 0;
  for (let file = 0; file < 5; file += 1) {
    const { text, after } = await whole(walmartMpInventory, ABOUT, pages(items.slice(from)));
    expect(text.length).toBeLessThanOrEqual(WALMART_BYTES_MAX);
    told.push(...JSON.parse(text).inventory.map(({ sku }: { sku: string }) => sku));
    if (after === null) break;
    expect(text.length).toBeGreaterThan(WALMART_BYTES_MAX - 20_000);
    from = items.findIndex(({ sku }) => sku === after) + 1;
  }
  expect(told).toEqual(items.map(({ sku }) => sku));
});

test('[R74] an item that is too large for any file is a file of its own, so that there is an end', async () => {
  const nodes = Array.from({ length: 90_000 }, (_, n) => ({ place: `node-${n}`, quantity: 1 }));
  const { items, after } = await whole(walmartMpInventory, ABOUT, pages([item(1, nodes), item(2)]));
  expect([items, after]).toEqual([1, item(1).sku]);
});

test('[R70] a page is read when the one before was taken, and not sooner', async () => {
  let read = 0;
  const next = pages(many(2_000), 100);
  const reader = streamed(ndjson, ABOUT, async () => {
    read += 1;
    return next();
  }).getReader();
  expect(read).toBe(0);
  await reader.read();
  await reader.read();
  expect(read).toBe(2);
  await reader.cancel();
});

test('[R70] a page of which nothing is told is passed over', async () => {
  const none: ItemsPage = { items: [], leftOut: 500, last: item(1).sku };
  const all = [none, none, { items: [item(2)], leftOut: 0, last: item(2).sku }];
  const text = await new Response(streamed(ndjson, ABOUT, async () => all.shift() ?? null)).text();
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type),
  ).toEqual(['feed', 'item', 'end']);
  expect(text).toContain('"left_out":1000');
});

test('[R74] between tabs no name begins with a quotation mark, which some would read on until the next, over rows', async () => {
  const [first, second] = [item(1), item(2)];
  const quoted = { ...first, listing: '"12 inch' };
  const text = await new Response(streamed(googleTsv, ABOUT, pages([quoted, { ...second, listing: '12" pan' }]))).text();
  expect(text).toBe('id\tavailability\n12" pan\tin_stock\n');
  const local = googleLocalTsv.item({ ...second, places: [{ place: '"a', quantity: 1 }] }, ABOUT, 0);
  expect([googleLocalTsv.item(quoted, ABOUT, 0), local]).toEqual([null, '']);
});

test('[R71] a database that fails in the middle breaks the answer off, also a gzipped one, and never ends it as if it were whole', async () => {
  const failing = (): ReadableStream<Uint8Array> => {
    const next = pages(many(2), 1);
    let pagesLeft = 1;
    return streamed(csv, ABOUT, async () => {
      if (pagesLeft === 0) throw new Error('the database is away');
      pagesLeft -= 1;
      return next();
    });
  };
  await expect(new Response(failing()).text()).rejects.toThrow('the database is away');
  await expect(new Response(failing().pipeThrough(new CompressionStream('gzip'))).text()).rejects.toThrow();
});
