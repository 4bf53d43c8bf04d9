import { describe, expect, test } from 'vitest';
import { channelPortContract } from '../../test/contract/channel-port-contract.ts';
import { walmartHarness } from '../../test/walmart/harness.ts';
import type { ChannelPort, Level } from '../port.ts';
import { walmartCredentials, walmartOptions } from './options.ts';
import { walmartChannel } from './walmart-channel.ts';

channelPortContract('Walmart, a number for each ship node', 'item', async () => walmartHarness('each'));
channelPortContract('Walmart, a number for each ship node', 'feed', async () => walmartHarness('each', { feed_levels_max: 120 }));
channelPortContract('Walmart, one number', 'item', async () => walmartHarness('default'));
channelPortContract('Walmart, one number', 'feed', async () => walmartHarness('default', { feed_levels_max: 120 }));

describe('Walmart', () => {
  test('one access token does for all calls, is asked for once by many at a time, and again before it ends', async () => {
    const { channel, stub, clock, newListing } = walmartHarness();
    const listing = await newListing();
    await Promise.all([1, 2, 3].map((count) => channel.setLevels('item', [level(listing, count)], soon())));
    expect(stub.calls.token).toBe(1);
    clock.nowMs += 839_000;
    await channel.setLevels('item', [level(listing, 4)], soon());
    expect(stub.calls.token).toBe(1);
    clock.nowMs += 2_000;
    await channel.setLevels('item', [level(listing, 5)], soon());
    expect(stub.calls.token).toBe(2);
  });

  test('a token that ended too soon is replaced, and the level is set all the same', async () => {
    const { channel, stub, clock, newListing } = walmartHarness();
    const listing = await newListing();
    await channel.setLevels('item', [level(listing, 1)], soon());
    clock.nowMs += 61_000;
    stub.endTokens();
    expect(await channel.setLevels('item', [level(listing, 2)], soon())).toEqual([{ outcome: 'applied' }]);
    expect(stub.calls.token).toBe(2);
  });

  test('where a throttled call does not say how long, the time at which calls are given out again says it', async () => {
    const clock = { nowMs: Date.parse('2026-11-21T08:00:00Z') };
    const answers = (headers: Record<string, string>) => answering(clock, () => new Response('', { status: 429, headers }));
    const outcome = async (headers: Record<string, string>) =>
      (await answers(headers).setLevels('item', [level('TEA', 1)], soon()))[0];
    const at = String(clock.nowMs + 90_000);
    expect(await outcome({ 'X-Next-Replenishment-Time': at })).toEqual({ outcome: 'throttled', retryAfterMs: 90_000 });
    expect(await outcome({ 'Retry-After': '7' })).toEqual({ outcome: 'throttled', retryAfterMs: 7_000 });
    expect(await outcome({})).toEqual({ outcome: 'throttled', retryAfterMs: 60_000 });
  });

  test.each([
    ['a redirect', () => new Response('', { status: 302, headers: { Location: 'https://elsewhere.test' } })],
    ['a wrong address', () => Response.json({ errors: [{ code: 'URI_NOT_FOUND' }] }, { status: 404 })],
    ['a proxy’s page', () => new Response('<h1>Not found</h1>', { status: 404 })],
    ['another item', () => Response.json({ sku: 'CUP', quantity: { unit: 'EACH', amount: 1 } })],
    ['another quantity', () => Response.json({ sku: 'TEA', quantity: { unit: 'EACH', amount: 2 } })],
  ])('%s says nothing of the item', async (_, answer) => {
    const [outcome] = await answering({ nowMs: 0 }, answer).setLevels('item', [level('TEA', 1)], soon());
    expect(outcome?.outcome).toBe('unknown');
  });

  test('a ship node that was refused makes the level refused, and says which', async () => {
    const { channel, stub, newListing } = walmartHarness();
    const listing = await newListing();
    const places = [
      { place: stub.nodes[0] ?? '', quantity: 1 },
      { place: 'NOWHERE', quantity: 2 },
    ];
    const [outcome] = await channel.setLevels('item', [{ ...level(listing, 3), places }], soon());
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'INVALID_SHIP_NODE', detail: expect.stringContaining('NOWHERE') });
  });

  test.each(['item', 'feed'])('by %s, an item at no ship node is refused without a call', async (way) => {
    const { channel, stub, newListing } = walmartHarness();
    const [outcome] = await channel.setLevels(way, [{ ...level(await newListing(), 3), places: [] }], soon());
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'no_ship_node' });
    expect(stub.calls).toMatchObject({ item: 0, feed: 0 });
  });

  test.each(['.', '..', '', '\ud800'])('a listing that fits into no address is refused: %j', async (listing) => {
    const { channel, stub } = walmartHarness();
    const [outcome] = await channel.setLevels('item', [level(listing, 1)], soon());
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'unusable_listing' });
    expect(await channel.shown([listing], soon())).toEqual(new Map());
    expect(stub.calls).toMatchObject({ item: 0, read: 0 });
  });

  test('what fits into no feed waits for the next one', async () => {
    const { channel, stub, newListing } = walmartHarness('each', { feed_bytes_max: 1_000 });
    const levels = await Promise.all(Array.from({ length: 20 }, async () => level(await newListing(), 7)));
    const outcomes = await channel.setLevels('feed', levels, soon());
    const sent = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
    expect(sent).toBeGreaterThan(3);
    expect(outcomes.slice(sent)).toEqual(outcomes.slice(sent).map(() => ({ outcome: 'throttled', retryAfterMs: 0 })));
    stub.settle();
    const set = [...stub.items.values()].filter((nodes) => nodes.get(stub.nodes[0] ?? '') === 7);
    expect(set).toHaveLength(sent);
    expect(stub.violations).toEqual([]);
  });

  test('no feed is larger than Walmart takes, however many ship nodes and long names there are', async () => {
    const { channel, stub } = walmartHarness();
    const places = Array.from({ length: 20 }, (_, index) => ({ place: `${stub.nodes[0]}${index}`, quantity: 100_000 }));
    const levels = Array.from({ length: 5_000 }, (_, index) => ({ ...level('茶'.repeat(50) + index, 1), places }));
    const outcomes = await channel.setLevels('feed', levels, soon());
    const counts = Object.groupBy(outcomes, ({ outcome }) => outcome);
    expect(Object.keys(counts).toSorted()).toEqual(['accepted', 'throttled']);
    expect(counts['accepted']?.length).toBeGreaterThan(2_000);
    expect(stub.violations).toEqual([]);
  });

  test('of a feed with failures far apart, each is found, and is refused or to be sent again as Walmart says', async () => {
    const { channel, stub, newListing, settle } = walmartHarness();
    const levels = await Promise.all(Array.from({ length: 700 }, async () => level(await newListing(), 7)));
    stub.refused.add('TEA-3').add('TEA-655');
    stub.ailing.add('TEA-60');
    const [outcome] = await channel.setLevels('feed', levels, soon());
    const receipt = outcome?.outcome === 'accepted' ? outcome.receipt : '';
    expect(await channel.progress(receipt, soon())).toEqual({ done: false, askAfterMs: 120_000 });
    await settle();
    const progress = await channel.progress(receipt, soon());
    expect(progress).toEqual({
      done: true,
      refused: new Map(['TEA-3', 'TEA-655'].map((sku) => [sku, { code: 'ERR_EXT_DATA_0101119', detail: `${sku} was not set.` }])),
      failed: new Map([['TEA-60', { detail: 'SYSTEM_ERROR: TEA-60 was not set.' }]]),
    });
  });

  test('a feed that failed as a whole is lost, with the reason', async () => {
    const state = {
      feedId: 'F1',
      feedStatus: 'ERROR',
      ingestionErrors: { ingestionError: [{ type: 'DATA_ERROR', code: 'ERR_05', description: 'Not a valid file.' }] },
      itemsReceived: 0,
      itemsSucceeded: 0,
      itemsFailed: 0,
      itemsProcessing: 0,
    };
    const channel = answering({ nowMs: 0 }, () => Response.json(state));
    expect(await channel.progress('F1', soon())).toEqual({ done: true, lost: 'Not a valid file.' });
  });

  test.each([
    ['item', 60_000, 60],
    ['feed', 3_600_000, 10],
  ])('who keeps to the pace of %s never sees its limit, and uses most of it', async (name, spanMs, allowed) => {
    const { channel, stub, clock, newListing } = walmartHarness();
    const listing = await newListing();
    const way = channel.ways.find((one) => one.name === name);
    if (way === undefined) throw new Error('no such way');
    let [tokens, sent] = [way.burst, 0];
    for (let step = 0; step < 1_000; step += 1) {
      for (; tokens >= 1; tokens -= 1, sent += 1) await channel.setLevels(name, [level(listing, sent % 9)], soon());
      clock.nowMs += spanMs / 100;
      tokens = Math.min(way.burst, tokens + (way.callsPerSecond * spanMs) / 100_000);
    }
    expect(stub.violations).toEqual([]);
    expect(sent).toBeGreaterThan(allowed * 10 * 0.75);
  });

  test('credentials that fit into no header are refused before they are kept', () => {
    for (const client_secret of ['', 'a b', 'a\nb', 'ü'])
      expect(walmartCredentials.safeParse({ client_id: 'a', client_secret }).success).toBe(false);
    expect(walmartCredentials.safeParse({ client_id: 'a:b', client_secret: 'c' }).success).toBe(false);
    expect(walmartOptions.safeParse({ url: 'ftp://walmart.test' }).success).toBe(false);
    expect(walmartOptions.safeParse({ feed_bytes_max: 5_000_001 }).success).toBe(false);
  });
});

/** A Walmart that gives a token and then always the same answer. */
function answering(clock: { nowMs: number }, answer: () => Response): ChannelPort {
  return walmartChannel({
    options: walmartOptions.parse({ url: 'https://walmart.test', ship_nodes: 'default' }),
    credentials: { client_id: 'a', client_secret: 'b' },
    fetch: async ({ url }) => (url.endsWith('/v3/token') ? Response.json({ access_token: 'c', expires_in: 900 }) : answer()),
    nowMs: () => clock.nowMs,
  });
}

function level(listing: string, quantity: number): Level {
  const places = [{ place: '1000000001', quantity }];
  return { listing, quantity, places, version: 1, key: `${listing}@1`, believed: null };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
