import { describe, expect, test } from 'vitest';
import { adobeHarness } from '../../test/adobe/harness.ts';
import { channelPortContract } from '../../test/contract/channel-port-contract.ts';
import type { ChannelPort, Level } from '../port.ts';
import { adobeChannel } from './adobe-channel.ts';
import { adobeCredentials, adobeOptions } from './options.ts';

channelPortContract('Adobe Commerce', 'now', async () => adobeHarness());
channelPortContract('Adobe Commerce', 'bulk', async () => adobeHarness({ bulk_levels_max: 120 }));

describe('Adobe Commerce', () => {
  test('an item goes out of stock and comes back with its quantity', async () => {
    const { channel, stub, newListing } = adobeHarness();
    const listing = await newListing();
    for (const [quantity, status] of [
      [3, 1],
      [0, 0],
      [2, 1],
    ] as const) {
      await channel.setLevels('now', [level(listing, quantity)], soon());
      expect(stub.items.get(listing)?.get('hall')).toEqual({ quantity, status });
    }
  });

  test('an item that a person marked as out of stock shows nothing, whatever its quantity', async () => {
    const { channel, stub, newListing } = adobeHarness();
    const listing = await newListing();
    stub.items.get(listing)?.set('hall', { quantity: 5, status: 0 });
    const shown = await channel.shown([listing], soon());
    expect(shown.get(listing)).toEqual({ quantity: null, places: [{ place: 'hall', quantity: 0 }] });
  });

  test('the guilty of a refused call are found by halves, in few calls, and the others are saved', async () => {
    const { channel, stub, newListing } = adobeHarness({ sources_max: 1 });
    const levels = await Promise.all(Array.from({ length: 20 }, async () => level(await newListing(), 7)));
    stub.refused.add('TEA-11');
    const outcomes = await channel.setLevels('now', levels, soon());
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      levels.map(({ listing }) => (listing === 'TEA-11' ? 'refused' : 'applied')),
    );
    expect(outcomes[10]).toEqual({ outcome: 'refused', code: 'not_saved', detail: 'Could not save Source Item' });
    expect(stub.calls.now).toBeLessThanOrEqual(11);
  });

  test('where many are guilty the search has an end; who was not found by then waits, and each call finds some', async () => {
    const { channel, stub, newListing } = adobeHarness({ sources_max: 1 });
    let levels: readonly Level[] = await Promise.all(Array.from({ length: 20 }, async () => level(await newListing(), 7)));
    for (const { listing } of levels.filter((_, index) => index % 2 === 0)) stub.refused.add(listing);
    const found = new Map<string, string>();
    for (let round = 0; round < 20 && levels.length > 0; round += 1) {
      const before = stub.calls.now;
      const outcomes = await channel.setLevels('now', levels, soon());
      expect(stub.calls.now - before).toBeLessThanOrEqual(11);
      levels.forEach(({ listing }, index) => found.set(listing, outcomes[index]?.outcome ?? ''));
      const waiting = levels.filter((_, index) => outcomes[index]?.outcome === 'throttled');
      expect(waiting.length).toBeLessThan(levels.length);
      levels = waiting;
    }
    expect([...found.values()]).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'refused' : 'applied')));
  });

  test('what does not fit into one call waits for the next', async () => {
    const { channel, stub, newListing } = adobeHarness({ sources_max: 1, items_per_call: 3 });
    const wide = async () => ({ ...level(await newListing(), 2), places: HALL_AND_SHOP });
    const outcomes = await channel.setLevels('now', [await wide(), await wide()], soon());
    expect(outcomes).toEqual([{ outcome: 'applied' }, { outcome: 'throttled', retryAfterMs: 0 }]);
    expect(stub.calls.now).toBe(1);
  });

  test('a bulk has no more source items than a shop takes that limits its input, and the rest waits', async () => {
    const { channel, stub, newListing } = adobeHarness({ sources_max: 1 });
    const places = Array.from({ length: 20 }, (_, index) => ({ place: `source_${index}`, quantity: 1 }));
    const levels = await Promise.all(Array.from({ length: 251 }, async () => ({ ...level(await newListing(), 20), places })));
    const outcomes = await channel.setLevels('bulk', levels, soon());
    expect(new Set(outcomes.slice(0, 250).map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    expect(outcomes[250]).toEqual({ outcome: 'throttled', retryAfterMs: 0 });
    expect(stub.violations).toEqual([]);
  });

  test('a shop that asks for patience is given what it asks for, or ten seconds', async () => {
    const outcome = async (headers: Record<string, string>) =>
      (await answering(() => new Response('', { status: 429, headers })).setLevels('now', [level('TEA', 1)], soon()))[0];
    expect(await outcome({ 'Retry-After': '7' })).toEqual({ outcome: 'throttled', retryAfterMs: 7_000 });
    expect(await outcome({})).toEqual({ outcome: 'throttled', retryAfterMs: 10_000 });
  });

  test('[I25] a token that a shop repeats in its message goes no further', async () => {
    const channel = answering(() => Response.json({ message: 'Not saved for Bearer token-0001' }, { status: 400 }));
    expect(await channel.setLevels('now', [level('TEA', 1)], soon())).toMatchObject([{ detail: 'Not saved for Bearer …' }]);
  });

  test('of a bulk, each message that failed is found, and is refused or to be sent again as the shop says', async () => {
    const { channel, stub, newListing, settle } = adobeHarness();
    const levels = await Promise.all(Array.from({ length: 40 }, async () => level(await newListing(), 7)));
    stub.refused.add('TEA-3');
    stub.ailing.add('TEA-30');
    const [outcome] = await channel.setLevels('bulk', levels, soon());
    const receipt = outcome?.outcome === 'accepted' ? outcome.receipt : '';
    expect(await channel.progress(receipt, soon())).toEqual({ done: false, askAfterMs: 60_000 });
    await settle();
    expect(await channel.progress(receipt, soon())).toEqual({
      done: true,
      refused: new Map([['TEA-3', { code: 'operation_3', detail: 'Could not save Source Item' }]]),
      failed: new Map([['TEA-30', { detail: 'SQLSTATE[40001]: Serialization failure: 1213 Deadlock' }]]),
    });
  });

  test('a message that the shop would not even queue is refused, without the shop’s code', async () => {
    const request_items = [
      { id: 0, data_hash: 'x', status: 'accepted' },
      { id: 1, status: 'rejected', error_message: 'Exception: no such field\n#0 /var/www/html/index.php' },
    ];
    const channel = answering(() => Response.json({ bulk_uuid: 'b1', request_items, errors: true }, { status: 202 }));
    expect(await channel.setLevels('bulk', [level('TEA', 1), level('CUP', 1), level('POT', 1)], soon())).toMatchObject([
      { outcome: 'accepted', receipt: 'b1' },
      { outcome: 'refused', code: 'rejected', detail: 'Exception: no such field' },
      { outcome: 'unknown' },
    ]);
  });

  test.each([
    ['by name', { fieldName: 'sku', value: 'TEA' }],
    ['by name, in a list', [{ fieldName: 'sku' }, { value: 'TEA' }]],
  ])('the parameters of a message come into their places, %s', async (_, parameters) => {
    const message = '"%fieldName" must not be "%value", 100% sure (%other).';
    const channel = answering(() => Response.json({ message, parameters, trace: '#0 secret.php' }, { status: 400 }));
    const detail = '"sku" must not be "TEA", 100% sure (%other).';
    expect(await channel.setLevels('now', [level('TEA', 1)], soon())).toEqual([
      { outcome: 'refused', code: 'not_saved', detail },
    ]);
  });

  test.each([
    ['a wrong address', () => Response.json({ message: 'Request does not match any route.' }, { status: 404 })],
    ['a web server’s page', () => new Response('<h1>Not found</h1>', { status: 404 })],
    ['a redirect', () => new Response('', { status: 302, headers: { Location: 'https://elsewhere.test' } })],
    ['an error within an answer', () => Response.json({ message: 'saved' })],
    ['no permission', () => Response.json({ message: "The consumer isn't authorized" }, { status: 401 })],
  ])('%s says nothing of the item', async (_, answer) => {
    const [outcome] = await answering(answer).setLevels('now', [level('TEA', 1)], soon());
    expect(outcome?.outcome).toBe('unknown');
  });

  test('an item at no source, or with a name that no product can have, is refused without a call', async () => {
    const channel = answering(() => Response.error());
    expect(await channel.setLevels('now', [{ ...level('TEA', 1), places: [] }], soon())).toMatchObject([{ code: 'no_source' }]);
    for (const listing of ['', ' TEA', '\ud800'])
      expect(await channel.setLevels('bulk', [level(listing, 1)], soon())).toMatchObject([{ code: 'unusable_listing' }]);
  });

  test('source items beyond one page are read to the end', async () => {
    const { channel, stub, newListing } = adobeHarness({ sources_max: 20 });
    const listing = await newListing();
    for (let source = 0; source < 700; source += 1) stub.items.get(listing)?.set(`s${source}`, { quantity: 1, status: 1 });
    expect((await channel.shown([listing], soon())).get(listing)?.places).toHaveLength(701);
    expect(stub.calls.read).toBe(3);
    expect(stub.violations).toEqual([]);
  });

  test('a token that fits into no header is refused before it is kept', () => {
    for (const token of ['', 'a b', 'a\nb', 'ü']) expect(adobeCredentials.safeParse({ token }).success).toBe(false);
    expect(adobeOptions.safeParse({ url: 'https://shop.test', store: '../x' }).success).toBe(false);
    expect(adobeOptions.safeParse({ url: 'https://shop.test', bulk_levels_max: 1_001 }).success).toBe(false);
  });
});

const HALL_AND_SHOP = [
  { place: 'hall', quantity: 1 },
  { place: 'shop_2', quantity: 1 },
];

/** A shop that always gives the same answer. */
function answering(answer: () => Response): ChannelPort {
  return adobeChannel({
    options: adobeOptions.parse({ url: 'https://shop.test/' }),
    credentials: { token: 'token-0001' },
    fetch: async () => answer(),
    nowMs: () => 0,
  });
}

function level(listing: string, quantity: number): Level {
  return { listing, quantity, places: [{ place: 'hall', quantity }], version: 1, key: `${listing}@1`, believed: null };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
