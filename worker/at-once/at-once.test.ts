import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, MUG, TEA, type Shop } from '../../test/shop.ts';
import { TwoShops, type Asked } from '../../test/two-shops.ts';
import type { RateLimitSettings } from '../rate-limit/limit-requests.ts';

// Room to furnish the shop in; the class is that of the channels.
const LIMITED: RateLimitSettings = {
  ofKey: { requests: 20, windowSeconds: 60 },
  ofClasses: new Map([[100, { requests: 25, windowSeconds: 5 }]]),
};

let two: TwoShops;
const open = async (limits?: RateLimitSettings): Promise<void> => void (two = await TwoShops.open(limits));
const inBoth = (work: (shop: Shop) => Promise<unknown>): Promise<void> => two.inBoth(work);
const ask = (asked: Asked = {}) => two.ask(asked);
beforeEach(() => open());

describe('[R39] what is answered at once is what the routes would say', () => {
  beforeEach(async () => {
    await ask();
    await inBoth(async (shop) => (shop.nowMs += 300));
  });

  test.each<[string, Asked]>([
    ['the item', {}],
    ['the item, for the own channel by name', { path: `/v1/availability/${TEA}?channel=web` }],
    ['a trace of its own', { headers: { traceparent: '' } }],
    ['a trace that cannot be one', { headers: { traceparent: '00-0-0-0' } }],
    ['a key after a small word', { headers: { authorization: `bearer  ${keyOf('web')} ` } }],
    ['the numbers that it has, whatever they are', { headers: { 'if-none-match': '*' } }],
    ['numbers that it has not', { headers: { 'if-none-match': 'W/"1.2.other", "more"' } }],
    ['a header that nobody reads', { headers: { 'cache-control': 'no-cache', accept: 'text/html' } }],
  ])('at once: %s', async (_, asked) => {
    const { atOnce, status } = await ask(asked);
    expect([atOnce, status === 200 || status === 304]).toEqual([true, true]);
  });

  test.each<[string, Asked, number]>([
    ['only its head', { method: 'HEAD' }, 200],
    ['what the path is not made for', { method: 'DELETE' }, 405],
    ['what it is made for', { method: 'OPTIONS' }, 204],
    ['the name encoded', { path: '/v1/availability/%54EA-1' }, 200],
    ['a name that encodes nothing', { path: '/v1/availability/%zz' }, 400],
    ['the object itself', { path: `/v1/availability/${TEA}?consistency=strong` }, 200],
    ['the object itself, for a channel by name', { path: `/v1/availability/${TEA}?channel=web&consistency=strong` }, 200],
    ['the object itself, the other way round', { path: `/v1/availability/${TEA}?consistency=strong&channel=web` }, 200],
    ['the object of an item whose name ends like that', { path: `/v1/availability/${TEA}&consistency=strong` }, 404],
    ['what may be old, said so', { path: `/v1/availability/${TEA}?consistency=cached` }, 200],
    ['one place', { path: `/v1/availability/${TEA}?location=dc` }, 200],
    ['a question that is none', { path: `/v1/availability/${TEA}?colour=green` }, 400],
    ['no channel where one is named', { path: `/v1/availability/${TEA}?channel=` }, 400],
    ['the same twice', { path: `/v1/availability/${TEA}?channel=web&channel=web` }, 400],
    ['the channel of another', { path: `/v1/availability/${TEA}?channel=app` }, 403],
    ['a channel that is not there', { path: `/v1/availability/${TEA}?channel=nope` }, 403],
    ['an item that is not there', { path: '/v1/availability/NOPE' }, 404],
    ['an item that nobody asked for yet', { path: `/v1/availability/${MUG}` }, 200],
    ['a path with a slash more', { path: `/v1/availability/${TEA}/` }, 404],
    ['another path', { path: `/v1/availability/${TEA}/explain` }, 200],
    ['a path with two slashes first', { path: `//v1/availability/${TEA}` }, 404],
    ['another host in the path', { path: `/x/v1/availability/${TEA}` }, 404],
    ['no key', { headers: { authorization: '' } }, 401],
    ['a key by name and password', { headers: { authorization: `Basic ${btoa(`web:${keyOf('web')}`)}` } }, 401],
    ['a key with another secret', { headers: { authorization: `Bearer hf_web_${'t'.repeat(32)}` } }, 401],
    ['a key that is not there', { headers: { authorization: `Bearer hf_nobody_${'s'.repeat(32)}` } }, 401],
    ['a key that was not here before', { headers: { authorization: `Bearer ${keyOf('app')}` } }, 200],
  ])('by the routes: %s', async (_, asked, expected) => {
    const { atOnce, status } = await ask(asked);
    expect([atOnce, status]).toEqual([false, expected]);
  });

  test.each([
    ['reader', '', 400],
    ['feeds', '?channel=web', 403],
    ['stock', '?channel=web', 403],
  ] as const)('by the routes, however often: what the key %s may not ask', async (role, query, expected) => {
    const asked = { path: `/v1/availability/${TEA}${query}`, headers: { authorization: `Bearer ${keyOf(role)}` } };
    await ask(asked);
    const { atOnce, status } = await ask(asked);
    expect([atOnce, status]).toEqual([false, expected]);
  });

  test('at once: a key for all channels that names one, each channel its own number', async () => {
    const asked = (channel: string) => ({
      path: `/v1/availability/${TEA}?channel=${channel}`,
      headers: { authorization: `Bearer ${keyOf('reader')}` },
    });
    for (const channel of ['web', 'app']) await ask(asked(channel));
    for (const [channel, units] of [
      ['web', 14],
      ['app', 10],
    ] as const) {
      const { atOnce, body } = await ask(asked(channel));
      expect([atOnce, JSON.parse(body)]).toMatchObject([true, { available_to_sell: units, channel }]);
    }
    const unknown = await ask(asked('nope'));
    expect([unknown.atOnce, unknown.status]).toEqual([false, 422]);
  });
});

test('the tag of an answer is known again at once, and not any more when the numbers are others', async () => {
  const { headers } = await ask();
  const again = { headers: { 'if-none-match': headers['etag'] ?? '' } };
  expect(await ask(again)).toMatchObject({ atOnce: true, status: 304, body: '' });
  await inBoth(async (shop) => shop.reserve(3));
  await inBoth(async (shop) => (shop.nowMs += 1_000));
  expect(await ask(again)).toMatchObject({ atOnce: false, status: 200 });
});

test('[R39] a number is not shown beyond its end', async () => {
  await ask();
  await inBoth(async (shop) => (shop.nowMs += 999));
  expect(JSON.parse((await ask()).body)).toMatchObject({ age_ms: 999, fresh_for_ms: 1, source: 'isolate' });
  await inBoth(async (shop) => (shop.nowMs += 1));
  const { atOnce, body } = await ask();
  expect([atOnce, JSON.parse(body)]).toMatchObject([false, { age_ms: 0, source: 'object' }]);
});

test('a newer number, and another network, are another answer at once', async () => {
  await ask();
  expect(JSON.parse((await ask()).body)).toMatchObject({ available_to_sell: 14 });
  await inBoth(async (shop) => shop.reserve(3));
  await ask({ path: `/v1/availability/${TEA}?consistency=strong` });
  expect(await ask()).toMatchObject({ atOnce: true });
  expect(JSON.parse((await ask()).body)).toMatchObject({ available_to_sell: 11 });

  await inBoth(async (shop) => shop.put('/v1/channels/web', { buffer: 5 }));
  await inBoth(async (shop) => (shop.nowMs += 1_000));
  await ask({ path: `/v1/availability/${TEA}?consistency=strong` });
  const { atOnce, body } = await ask();
  expect([atOnce, JSON.parse(body)]).toMatchObject([true, { available_to_sell: 6 }]);
});

test('a kit is seen by the routes, since its parts are seen with it', async () => {
  await inBoth(async (shop) => shop.put('/v1/items/SET-1', { status: 'active', components: [{ sku: TEA, factor: 2 }] }));
  await ask({ path: '/v1/availability/SET-1' });
  const { atOnce, body } = await ask({ path: '/v1/availability/SET-1' });
  expect([atOnce, JSON.parse(body)]).toMatchObject([false, { available_to_sell: 7, source: 'isolate' }]);
});

test('an item that became a kit is one for whoever knew it as a plain one, as soon as the network was read again', async () => {
  await ask({ path: `/v1/availability/${MUG}` });
  await inBoth(async (shop) => shop.put(`/v1/items/${MUG}`, { status: 'active', components: [{ sku: TEA, factor: 2 }] }));
  await inBoth(async (shop) => (shop.nowMs += 1_000));
  // It asks for the network and for no item.
  await ask({ path: `/v1/availability/${TEA}?channel=nope`, headers: { authorization: `Bearer ${keyOf('reader')}` } });
  const { body } = await ask({ path: `/v1/availability/${MUG}?consistency=strong` });
  expect(JSON.parse(body)).toMatchObject({ available_to_sell: 7 });
});

test('[R46] what is answered at once is counted, and what is too much is refused by the routes', async () => {
  await open(LIMITED);
  const answers = [];
  for (let times = 0; times < 22; times += 1) answers.push(await ask());
  const atOnce = Array.from({ length: 19 }, () => [true, 200]);
  expect(answers.map((one) => [one.atOnce, one.status])).toEqual([[false, 200], ...atOnce, [false, 429], [false, 429]]);
  expect(answers[19]?.headers['ratelimit']).toBe('"key";r=0;t=60, "class";r=5;t=5');
});

describe('a key that does not count any more', () => {
  test('revoked here, it is of no use at once', async () => {
    await ask();
    await inBoth(async (shop) => shop.ask('admin', 'POST', '/v1/keys/web/revoke'));
    expect(await ask()).toMatchObject({ atOnce: false, status: 401 });
  });

  test('revoked elsewhere, it is of no use after ten seconds', async () => {
    await ask();
    await inBoth(async ({ database, nowMs }) =>
      database.prepare(`UPDATE api_key SET revoked_at_ms = ${nowMs} WHERE id = 'web'`).run(),
    );
    await inBoth(async (shop) => (shop.nowMs += 9_999));
    expect((await ask()).status).toBe(200);
    expect(await ask()).toMatchObject({ atOnce: true, status: 200 });
    await inBoth(async (shop) => (shop.nowMs += 1));
    expect(await ask()).toMatchObject({ atOnce: false, status: 401 });
  });

  test('revoked elsewhere, it is of no use where the clock was set back meanwhile, however far', async () => {
    await ask();
    await inBoth(async ({ database, nowMs }) =>
      database.prepare(`UPDATE api_key SET revoked_at_ms = ${nowMs} WHERE id = 'web'`).run(),
    );
    await inBoth(async (shop) => (shop.nowMs -= 3_600_000));
    expect(await ask()).toMatchObject({ atOnce: false, status: 401 });
  });

  test('at its end it is of no use, though it was good a moment before', async () => {
    const endMs = (two.shops[0]?.nowMs ?? 0) + 500;
    await inBoth(async ({ database }) => database.prepare(`UPDATE api_key SET expires_at_ms = ${endMs} WHERE id = 'web'`).run());
    await ask();
    await inBoth(async (shop) => (shop.nowMs = endMs - 1));
    expect(await ask()).toMatchObject({ atOnce: true, status: 200 });
    await inBoth(async (shop) => (shop.nowMs = endMs));
    expect(await ask()).toMatchObject({ atOnce: false, status: 401 });
  });
});

describe('[R39] many items: what is answered in front of the routes is what they would say', () => {
  const query = (body: unknown, headers: Asked['headers'] = {}): Asked => ({
    path: '/v1/availability/query',
    method: 'POST',
    headers,
    body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : typeof body === 'string' ? body : JSON.stringify(body),
  });

  beforeEach(async () => {
    // So that key, network and items are known here.
    for (const sku of [TEA, MUG]) await ask({ path: `/v1/availability/${sku}` });
    await inBoth(async (shop) => (shop.nowMs += 300));
  });

  test.each<[string, Asked, number]>([
    ['all at hand', query({ skus: [TEA, MUG] }), 200],
    ['one twice', query({ skus: [TEA, MUG, TEA] }), 200],
    ['none', query({ skus: [] }), 200],
    ['the own channel by name', query({ skus: [TEA], channel: 'web' }), 200],
    ['words twice', query(`{"skus":["${MUG}"],"skus":["${TEA}"]}`), 200],
    ['a mark of the order of bytes first', query(`\ufeff{"skus":["${TEA}"]}`), 200],
    ['the channel of another', query({ skus: [TEA], channel: 'app' }), 403],
    ['a channel that is none', query({ skus: [TEA], channel: 7 }), 400],
    ['one that is not there', query({ skus: [TEA, 'NOPE'] }), 200],
    ['a name with a space around it', query({ skus: [` ${TEA} `] }), 200],
    ['what another system calls it', query({ skus: [{ system: 'gtin', external_id: '4012345' }] }), 200],
    ['an alias of nothing', query({ skus: [{ system: 'gtin', external_id: '1' }] }), 422],
    ['what is no name', query({ skus: [TEA, 7] }), 400],
    ['some places', query({ skus: [TEA], locations: ['dc'] }), 200],
    ['from the objects', query({ skus: [TEA], consistency: 'strong' }), 200],
    ['what may be old, said so', query({ skus: [TEA], consistency: 'cached' }), 200],
    ['more than it may', query({ skus: Array.from({ length: 501 }, () => TEA) }), 400],
    ['a word that is none', query({ skus: [TEA], colour: 'green' }), 400],
    ['no list', query({ skus: TEA }), 400],
    ['nothing', query(''), 400],
    ['a list only', query([TEA]), 400],
    ['no JSON', query('{"skus":'), 400],
    ['no UTF-8', query(new Uint8Array([0x22, 0xff, 0x22])), 400],
    ['a table of no prototype', query('{"__proto__":{},"skus":[]}'), 400],
    ['too much', query(JSON.stringify({ skus: [TEA], channel: 'x'.repeat(1_048_600) })), 413],
    ['no key', query({ skus: [TEA] }, { authorization: '' }), 401],
    ['a key that may not', query({ skus: [TEA] }, { authorization: `Bearer ${keyOf('stock')}` }), 403],
  ])('%s', async (_, asked, expected) => {
    expect((await ask(asked)).status).toBe(expected);
  });

  test('all of it at hand, neither an object nor the routes are asked, and each says how old it is', async () => {
    await inBoth(async (shop) => (shop.object(TEA).asked = 0));
    // The routes would ask for it.
    Object.assign(two.shops[0].directories, { current: () => Promise.reject(new Error('this is a route')) });
    const { body } = await ask(query({ skus: [TEA, MUG] }));
    expect(JSON.parse(body)).toMatchObject({
      items: [
        { sku: TEA, available_to_sell: 14, age_ms: 300, fresh_for_ms: 700, source: 'isolate' },
        { sku: MUG, available_to_sell: 0, source: 'isolate' },
      ],
      missing: [],
    });
    expect(two.shops.map((shop) => shop.object(TEA).asked)).toEqual([0, 0]);
  });

  test('[R46] it counts as one request', async () => {
    await open(LIMITED);
    await ask(query({ skus: [TEA] }));
    await ask(query({ skus: [TEA] }));
    const { headers } = await ask(query({ skus: [TEA] }));
    expect(headers['ratelimit']).toBe('"key";r=17;t=60, "class";r=22;t=5');
  });
});

describe('[R46] [R47] where its object has no answer, a strong read is refused as the routes would', () => {
  const strongly = { path: `/v1/availability/${TEA}?consistency=strong` };
  const page: Asked = { path: '/v1/availability/query', method: 'POST', body: JSON.stringify({ skus: [TEA, MUG] }) };

  beforeEach(async () => {
    await open(LIMITED);
    await ask();
    await inBoth(async (shop) => (shop.nowMs += 1_000));
    // The network is known anew, and the tea's number is over.
    await ask({ path: `/v1/availability/${MUG}` });
  });

  /** How often each shop asked it. */
  const failing = (trouble: () => unknown): number[] => {
    const times = [0, 0];
    for (const [nth, shop] of two.shops.entries()) {
      shop.object(TEA).snapshot = () => {
        times[nth] = (times[nth] ?? 0) + 1;
        return Promise.reject(trouble());
      };
    }
    return times;
  };
  const busy = () => Object.assign(new Error('too many'), { overloaded: true });
  const broken = () => Object.assign(new Error('broken'), { stack: 'where it broke' });

  test.each([
    ['one item', strongly, busy, 503],
    ['one item', strongly, broken, 500],
    ['many items', page, busy, 503],
    ['many items', page, broken, 500],
  ] as const)('%s: asked once, and counted once', async (_, asked, trouble, status) => {
    const times = failing(trouble);
    const { headers, body } = await ask(asked);
    expect([times, JSON.parse(body).status]).toEqual([[1, 1], status]);
    expect(headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });
});

/** As soon as somebody asks the object for its numbers. */
const closesChannel = async (shop: Shop): Promise<void> => {
  const object = shop.object(TEA);
  const snapshot = object.snapshot.bind(object);
  object.snapshot = async () => {
    await shop.put('/v1/channels/web', { stop_sell: true });
    return snapshot();
  };
};

test('a channel that closed while the object was asked is closed in the answer', async () => {
  await ask();
  await inBoth(closesChannel);
  const { body } = await ask({ path: `/v1/availability/${TEA}?consistency=strong` });
  expect(JSON.parse(body)).toMatchObject({ available_to_sell: 0, source: 'object' });
});

const pageOf = (skus: readonly string[], more: object = {}, headers: Asked['headers'] = {}): Asked => ({
  path: '/v1/availability/query',
  method: 'POST',
  headers,
  body: JSON.stringify({ skus, ...more }),
});

test('[I22] the same page of a key that sells for another channel by now is of that one', async () => {
  await ask();
  expect(JSON.parse((await ask(pageOf([TEA]))).body)).toMatchObject({ items: [{ channel: 'web' }] });
  await inBoth(async ({ database }) => database.prepare(`UPDATE api_key SET channel = 'app' WHERE id = 'web'`).run());
  await inBoth(async (shop) => (shop.nowMs += 10_000));
  await ask();
  expect(JSON.parse((await ask(pageOf([TEA]))).body)).toMatchObject({ items: [{ channel: 'app' }] });
});

test('a channel that closed while a page was asked for is closed in the answer', async () => {
  const headers = { authorization: `Bearer ${keyOf('reader')}` };
  const page = pageOf([TEA], { channel: 'web' }, headers);
  expect(JSON.parse((await ask(page)).body)).toMatchObject({ items: [{ available_to_sell: 14 }] });
  await inBoth(async (shop) => (shop.nowMs += 900));
  // The network is read anew, and the numbers are not.
  await ask({ path: `/v1/availability/${TEA}?channel=nope`, headers });
  await inBoth(async (shop) => (shop.nowMs += 100));
  await inBoth(closesChannel);
  expect(JSON.parse((await ask(page)).body)).toMatchObject({ items: [{ available_to_sell: 0 }] });
});
