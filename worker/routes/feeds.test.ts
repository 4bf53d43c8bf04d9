import { beforeEach, describe, expect, test } from 'vitest';
import { FEED_LINK_SECONDS_MAX } from '../../contracts/limits.ts';
import { publish } from '../../test/feeds/publish.ts';
import { keyOf, MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { DELTA_EVENTS_MAX, DELTA_ITEMS_MAX } from '../feeds/limits.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 5);
  await shop.receive(TEA, 3, 'store');
  await shop.receive(MUG, 2);
  await publish(shop);
});

const read = (query = '', headers: Record<string, string> = {}): Promise<Said> =>
  shop.get('web_feeds', `/v1/feeds/web?${query}`, headers);
const since = (said: Said): string => said.headers.get('holdfast-next-since') ?? '';
const linesOf = ({ body }: Said) =>
  String(body)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const items = (said: Said): readonly string[] =>
  linesOf(said)
    .filter(({ type }) => type === 'item')
    .map(({ listing, quantity }) => `${String(listing)} ${String(quantity)}`);

/** The kind of a feed, and what it tells. */
async function told(after: Said): Promise<readonly string[]> {
  const said = await read(`since=${since(after)}`);
  return [said.headers.get('holdfast-feed') ?? '', ...items(said)];
}

describe('[R70] a feed', () => {
  test('tells what the channel is to show of each item and place, under the names that it knows', async () => {
    await shop.put(`/v1/items/${MUG}`, { status: 'active', name: 'A mug', aliases: [{ system: 'web', external_id: 'M-1' }] });
    await shop.put('/v1/locations/store', { type: 'store', priority: 2, aliases: [{ system: 'web', external_id: '77' }] });
    const said = await read();
    expect([said.status, said.headers.get('content-type'), said.headers.get('holdfast-feed')]).toEqual([
      200,
      'application/x-ndjson',
      'full',
    ]);
    const [head, mug, tea, end] = linesOf(said);
    expect(head).toMatchObject({ type: 'feed', feed: 'full', channel: 'web', next_since: since(said) });
    expect(mug).toMatchObject({ sku: MUG, listing: 'M-1', name: 'A mug', quantity: 2, status: 'low_stock' });
    const places = [
      { place: 'dc', quantity: 5 },
      { place: '77', quantity: 3 },
    ];
    expect(tea).toMatchObject({ sku: TEA, listing: TEA, quantity: 8, status: 'in_stock', places });
    expect(end).toEqual({ type: 'end', items: 2, left_out: 0, next_since: since(said) });
  });

  test('counts what the channel has no name for, where it wants nothing but its own', async () => {
    await shop.put('/v1/channels/web', { listings: { system: 'gtin', unmapped: 'leave_out' } });
    const said = await read();
    expect(items(said)).toEqual(['4012345 8']);
    expect(linesOf(said).at(-1)).toMatchObject({ items: 1, left_out: 1 });
  });

  test('tells of kits what can be made of their parts', async () => {
    await shop.put('/v1/items/SET', {
      status: 'active',
      components: [
        { sku: TEA, factor: 3 },
        { sku: MUG, factor: 1 },
      ],
    });
    expect(items(await read())).toContain('SET 2');
  });
});

describe('[R71] a delta', () => {
  test('tells what may be another since then, and nothing else; kits with their parts', async () => {
    await shop.put('/v1/items/SET', { status: 'active', components: [{ sku: TEA, factor: 3 }] });
    await publish(shop);
    const full = await read();
    expect(await told(full)).toEqual(['delta']);
    await shop.receive(MUG, 1);
    await publish(shop);
    expect(await told(full)).toEqual(['delta', `${MUG} 3`]);
    await shop.receive(TEA, 1);
    await publish(shop);
    expect(await told(full)).toEqual(['delta', `${MUG} 3`, 'SET 3', `${TEA} 9`]);
  });

  test('tells what the catalogue changed: a recipe, a policy of a kit, and a name that is gone as nothing to sell', async () => {
    await shop.put('/v1/items/SET', { status: 'active', components: [{ sku: TEA, factor: 3 }] });
    await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: [{ system: 'web', external_id: 'M-1' }] });
    const before = await read();
    await shop.put('/v1/items/SET', { status: 'active', components: [{ sku: TEA, factor: 2 }] });
    await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: [{ system: 'web', external_id: 'M-2' }] });
    expect(await told(before)).toEqual(['delta', 'M-1 0', 'M-2 2', 'SET 4']);
    const then = await read(`since=${since(before)}`);
    await shop.put('/v1/items/SET/policy', { stop_sell: true });
    expect(await told(then)).toEqual(['delta', 'SET 0']);
  });

  test.each<readonly [string, () => Promise<unknown>]>([
    ['when the channel is given other numbers', () => shop.put('/v1/channels/web', { buffer: 1 })],
    ['when a place has another name', () => shop.put('/v1/locations/dc', { type: 'dc', priority: 1 })],
    ['when it calls items by other names', () => shop.put('/v1/channels/web', { listings: { system: 'gtin' } })],
    ['when what came then is kept no longer', () => shop.database.prepare('DELETE FROM event WHERE cursor < 9').run()],
  ])('is all of it %s, and says so', async (_, change) => {
    await shop.put('/v1/locations/dc', { type: 'dc', priority: 1, aliases: [{ system: 'web', external_id: 'D' }] });
    const full = await read();
    await shop.receive(TEA, 1);
    await publish(shop);
    for (let n = 0; n < 3; n += 1) {
      await shop.receive(MUG, 1);
      await publish(shop);
    }
    await change();
    expect((await told(full))[0]).toBe('full');
  });

  test('goes on as a delta when a source was declared, which has no part in any number', async () => {
    const full = await read();
    await shop.put('/v1/sources/till', { books: 'front' });
    expect((await told(full))[0]).toBe('delta');
  });
});

describe('[R71] a delta costs less than all of it, or all of it comes', () => {
  const events = (count: number, type: string, sku: string): Promise<unknown> =>
    shop.database
      .prepare(
        `WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
         INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data)
         SELECT ${sku}, 0, ?2, NULL, 0, 0, '{}' FROM numbers`,
      )
      .bind(count, type)
      .run();

  test('after 200,000 events, and not after one more', async () => {
    const full = await read();
    await events(DELTA_EVENTS_MAX, 'posting.posted', `'${TEA}'`);
    expect((await told(full))[0]).toBe('delta');
    await events(1, 'posting.posted', `'${TEA}'`);
    expect((await told(full))[0]).toBe('full');
  });

  test('after changes of 20,000 items, and not after one more', async () => {
    const full = await read();
    await events(DELTA_ITEMS_MAX, 'item.changed', "'X-' || n");
    expect((await told(full))[0]).toBe('delta');
    await events(1, 'item.changed', `'${TEA}'`);
    expect((await told(full))[0]).toBe('full');
  });
});

describe('[R71] an answer that broke off', () => {
  test('goes on with the last item that came, and ends where it was to end', async () => {
    const full = await read();
    await shop.receive(MUG, 1);
    await publish(shop);
    const rest = await read(`after=${MUG}&through=${since(full)}`);
    expect(items(rest)).toEqual([`${MUG} 3`, `${TEA} 8`]);
    // So what changed before its last part was told is not lost.
    expect(await told(rest)).toEqual(['delta', `${MUG} 3`]);
  });

  test.each(['after=X', 'through=x', 'since=x', 'since=', 'format=pdf', 'format=amazon_json', 'after=a&through=b&after=c'])(
    'that was never begun so is refused: %s',
    async (query) => {
      expect((await read(query)).body.code).toBe('invalid_request');
    },
  );
});

describe('[R74] whoever has the newest', () => {
  test('need not fetch it again, and learns how far it reaches', async () => {
    const full = await read();
    const etag = full.headers.get('etag') ?? '';
    const again = await read('', { 'if-none-match': etag });
    expect([again.status, again.body, since(again)]).toEqual([304, '', since(full)]);
    expect((await read('format=csv', { 'if-none-match': etag })).status).toBe(200);
    await shop.receive(MUG, 1);
    await publish(shop);
    expect((await read('', { 'if-none-match': etag })).status).toBe(200);
  });

  test('of a delta is told so as well', async () => {
    const full = await read();
    const none = await read(`since=${since(full)}`);
    const again = await read(`since=${since(full)}`, { 'if-none-match': none.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  test('comes to the next feed by the link of each answer', async () => {
    const link = (said: Said): string => /<(.*)>; rel="next"/.exec(said.headers.get('link') ?? '')?.[1] ?? '';
    const full = await read('format=csv');
    await shop.receive(MUG, 1);
    await publish(shop);
    const delta = await shop.get('web_feeds', link(full));
    expect(String(delta.body).split('\r\n')[1]).toContain(MUG);
  });
});

describe('[R73] a fetcher', () => {
  const basic = (password: string) => ({ authorization: `Basic ${btoa(`anybody:${password}`)}` });
  const ask = (path: string, headers: Record<string, string> = {}) => shop.ask(null, 'GET', path, undefined, headers);
  const link = async (body: object = {}): Promise<string> => {
    const { body: made } = await shop.ask('web_feeds', 'POST', '/v1/feeds/web/links', { format: 'csv', ...body });
    return made.url.replace(/^https?:\/\/[^/]+/, '');
  };

  test('may send the key as the password of HTTP Basic', async () => {
    expect((await ask('/v1/feeds/web', basic(keyOf('web_feeds')))).status).toBe(200);
    expect((await ask('/v1/feeds/web', basic(keyOf('nobody')))).status).toBe(401);
    expect((await ask('/v1/feeds/web')).headers.get('www-authenticate')).toContain('Basic');
    expect((await ask('/v1/events', basic(keyOf('web_feeds')))).status).toBe(401);
  });

  test('may have a link and nothing else', async () => {
    const url = await link();
    const said = await ask(url);
    expect([said.status, String(said.body).slice(0, 11)]).toEqual([200, 'sku,listing']);
    expect((await ask(`${url}&since=${since(said)}`)).headers.get('holdfast-feed')).toBe('delta');
    expect((await ask(url.replace('format=csv', 'format=ndjson'))).status).toBe(401);
    expect((await ask(url.replace('/web?', '/app?'))).status).toBe(401);
    expect((await ask(url.replace(/signature=./, 'signature=_'))).status).toBe(401);
    expect((await ask(url.replace(/expires=\d/, 'expires=9'))).status).toBe(401);
  });

  test('has a link until it ends', async () => {
    const url = await link({ expires_in_seconds: 60 });
    shop.nowMs += 59_000;
    expect((await ask(url)).status).toBe(200);
    shop.nowMs += 1_000;
    expect((await ask(url)).status).toBe(401);
  });

  test('may have one for a year and a day at most', async () => {
    const ask = (expires_in_seconds: number) => shop.ask('web_feeds', 'POST', '/v1/feeds/web/links', { expires_in_seconds });
    expect((await ask(FEED_LINK_SECONDS_MAX)).status).toBe(201);
    expect((await ask(FEED_LINK_SECONDS_MAX + 1)).body.code).toBe('invalid_request');
    expect((await ask(0)).body.code).toBe('invalid_request');
  });

  test.each(['revoke', 'rotate'])('has a link until its key ends: %s', async (how) => {
    const url = await link();
    expect((await ask(url)).status).toBe(200);
    await shop.post('admin', `/v1/keys/web_feeds/${how}`, undefined);
    expect((await ask(url)).status).toBe(401);
  });

  test('of another channel is refused, and of none that there is finds nothing', async () => {
    expect((await shop.get('web_feeds', '/v1/feeds/app')).body.code).toBe('channel_forbidden');
    expect((await shop.get('feeds', '/v1/feeds/app')).status).toBe(200);
    expect((await shop.get('feeds', '/v1/feeds/nowhere')).body.code).toBe('not_found');
    expect((await shop.ask('feeds', 'POST', '/v1/feeds/nowhere/links', {})).body.code).toBe('not_found');
  });
});
