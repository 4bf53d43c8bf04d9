import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, MUG, TEA, type Shop } from '../../test/shop.ts';
import { TwoShops, type Asked } from '../../test/two-shops.ts';
import type { RateLimitSettings } from '../rate-limit/limit-requests.ts';

// Room to furnish the shop in.
const LIMITED: RateLimitSettings = { ofKey: { requests: 20, windowSeconds: 60 }, ofClasses: new Map() };

let two: TwoShops;
let keys = 0;
const inBoth = (work: (shop: Shop) => Promise<unknown>): Promise<void> => two.inBoth(work);
const ask = (asked: Asked = {}) => two.ask(asked);
const one = (line: object, more: object = {}): object => ({ lines: [{ sku: TEA, quantity: 1, ...line }], ...more });

function reserving(body: unknown, headers: Asked['headers'] = {}, query = ''): Asked {
  return {
    path: `/v1/reservations${query}`,
    method: 'POST',
    headers: { 'idempotency-key': `key-${(keys += 1)}`, ...headers },
    body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : typeof body === 'string' ? body : JSON.stringify(body),
  };
}

async function open(limits?: RateLimitSettings): Promise<void> {
  two = await TwoShops.open(limits);
  // So that key, network and items are known here.
  for (const sku of [TEA, MUG]) await ask({ path: `/v1/availability/${sku}` });
}

/** Whoever asks a route of the first shop from now on hears of a mistake. */
function closeRoutes(): void {
  const { app } = two.shops[0];
  app.router = Object.assign(Object.create(app.router), {
    match: () => {
      throw new Error('this is a route');
    },
  });
}

beforeEach(() => open());

describe('[R5] a reservation that is made at once is the one that the routes would make', () => {
  test.each<[string, Asked, number]>([
    ['one unit', reserving(one({})), 201],
    ['more than there are', reserving(one({ quantity: 99 })), 409],
    ['what there is of them', reserving(one({ quantity: 99 }, { mode: 'partial' })), 201],
    ['from one place or not at all', reserving(one({ quantity: 11 }, { split: 'never' })), 409],
    ['for a buyer, and for a while', reserving(one({}, { buyer: 'somebody', ttl_seconds: 60 })), 201],
    ['for the own channel by name', reserving(one({}, { channel: 'web' })), 201],
    ['under a key in quotes', reserving(one({}), { 'idempotency-key': '"quoted"' }), 201],
    ['with a trace that cannot be one', reserving(one({}), { traceparent: '00-0-0-0' }), 201],
    ['with a mark of the order of bytes first', reserving(`\ufeff${JSON.stringify(one({}))}`), 201],
  ])('at once: %s', async (_, asked, expected) => {
    expect((await ask(asked)).status).toBe(expected);
    closeRoutes();
    expect((await two.shops[0].app.fetch(requestOf(asked))).status).toBe(expected);
  });

  test.each<[string, Asked, number]>([
    ['two lines', reserving({ lines: [...Array(2)].map(() => ({ sku: TEA, quantity: 1 })) }), 201],
    ['two items', reserving({ lines: [TEA, MUG].map((sku) => ({ sku, quantity: 1 })) }), 409],
    ['from a place', reserving(one({ location: 'dc' })), 201],
    ['in a unit', reserving(one({ unit: 'box' })), 201],
    ['a name with a space around it', reserving(one({ sku: ` ${TEA} ` })), 201],
    ['what another system calls it', reserving(one({ sku: { system: 'gtin', external_id: '1' } })), 422],
    ['an item that is not there', reserving(one({ sku: 'NOPE' })), 422],
    ['none of it', reserving(one({ quantity: 0 })), 400],
    ['a word that is none', reserving(one({}, { colour: 'green' })), 400],
    ['more words than it needs', reserving(JSON.stringify(one({})) + ' '.repeat(1_024)), 201],
    ['nothing', reserving(''), 400],
    ['no JSON', reserving('{"lines":'), 400],
    ['no UTF-8', reserving(new Uint8Array([0x22, 0xff, 0x22])), 400],
    ['no key of its own', reserving(one({}), { 'idempotency-key': '' }), 400],
    ['a key that nobody can see', reserving(one({}), { 'idempotency-key': 'a b' }), 400],
    ["the object's own word", reserving(one({}), {}, '?consistency=strong'), 201],
    ['a question that is none', reserving(one({}), {}, '?colour=green'), 400],
    ['the channel of another', reserving(one({}, { channel: 'app' })), 403],
    ['a channel that is none', reserving(one({}, { channel: 7 })), 400],
    ['no API key', reserving(one({}), { authorization: '' }), 401],
    ['an API key that may only read', reserving(one({}), { authorization: `Bearer ${keyOf('reader')}` }), 403],
    [
      'an API key for all channels that names one',
      reserving(one({}, { channel: 'web' }), { authorization: `Bearer ${keyOf('admin')}` }),
      201,
    ],
    [
      'an API key for all channels that names one that is not there',
      reserving(one({}, { channel: 'nope' }), { authorization: `Bearer ${keyOf('admin')}` }),
      422,
    ],
  ])('by the routes or at once, in the same words: %s', async (_, asked, expected) => {
    expect((await ask(asked)).status).toBe(expected);
  });

  test('the same key gives the same answer again, whoever gave it first, and other words under it are refused', async () => {
    const atOnce = reserving(one({}), { 'idempotency-key': 'again' });
    const routed = { ...atOnce, path: '/v1/reservations?consistency=strong' };
    const first = await ask(atOnce);
    for (const asked of [atOnce, routed]) {
      const { status, headers, body } = await ask(asked);
      expect([status, headers['idempotent-replayed']]).toEqual([201, 'true']);
      expect(JSON.parse(body)).toEqual({ ...JSON.parse(first.body), present_status: 'active' });
    }
    expect((await ask(reserving(one({ quantity: 2 }), { 'idempotency-key': 'again' }))).status).toBe(422);
    const { body } = await ask({ path: `/v1/availability/${TEA}?consistency=strong` });
    expect(JSON.parse(body)).toMatchObject({ available_to_sell: 13 });
  });

  test('a kit is taken apart by the routes', async () => {
    await inBoth(async (shop) => shop.put('/v1/items/SET-1', { status: 'active', components: [{ sku: TEA, factor: 2 }] }));
    await ask({ path: '/v1/availability/SET-1' });
    expect((await ask(reserving(one({ sku: 'SET-1' })))).status).toBe(201);
  });
});

test('[R46] what is reserved at once is counted once, and what is too much is refused', async () => {
  await open(LIMITED);
  const left: string[] = [];
  for (let times = 0; times < 22; times += 1) {
    const { status, headers } = await ask(reserving(one({}, { mode: 'partial' })));
    left.push(status === 429 ? 'too much' : (headers['ratelimit'] ?? 'uncounted'));
  }
  const counted = Array.from(
    { length: left.indexOf('too much') },
    (_, nth) => `"key";r=${left.indexOf('too much') - 1 - nth};t=60`,
  );
  expect(counted.length).toBeGreaterThan(10);
  expect(left).toEqual([...counted, ...Array.from({ length: 22 - counted.length }, () => 'too much')]);
});

test.each([
  ['has too much to do', () => Object.assign(new Error('too many'), { overloaded: true }), 503],
  ['broke', () => Object.assign(new Error('broken'), { stack: 'where it broke' }), 500],
])(
  '[R9] where the object %s, the outcome is unknown, and it is not asked once more by the routes',
  async (_, trouble, status) => {
    const times = [0, 0];
    for (const [nth, shop] of two.shops.entries()) {
      shop.object(TEA).execute = () => {
        times[nth] = (times[nth] ?? 0) + 1;
        return Promise.reject(trouble());
      };
    }
    const said = await ask(reserving(one({})));
    expect([said.status, times]).toEqual([status, [1, 1]]);
  },
);

function requestOf({ path, headers, body = '' }: Asked): Request {
  const length = String(new TextEncoder().encode(String(body)).length);
  const all = { authorization: `Bearer ${keyOf('web')}`, 'content-length': length, ...headers };
  return new Request(`http://shop.example${path ?? ''}`, { method: 'POST', headers: all, body });
}
