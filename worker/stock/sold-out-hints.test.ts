import { beforeEach, describe, expect, test } from 'vitest';
import { SENT_KEYS_MAX, SENT_KEYS_MS } from '../../contracts/limits.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { SentKeys } from './sent-keys.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { sold_out_hint: true });
  await shop.receive(TEA, 1);
});

const reserve = (key: string, query = '', body: object = {}): Promise<Said> =>
  shop.post('web', `/v1/reservations${query}`, { lines: [{ sku: TEA, quantity: 1 }], ...body }, key);
const look = (query = ''): Promise<Said> => shop.get('web', `/v1/availability/${TEA}${query}`);
const asked = (): number => shop.object(TEA).asked;

describe('while this isolate has a fresh number by which nothing is left, a reserve', () => {
  beforeEach(async () => {
    expect((await reserve('winner')).status).toBe(201);
    await look('?consistency=strong');
  });

  test('[R91] is answered 429 at the edge: nobody is asked, nothing is decided, and it says for how long', async () => {
    const [before, heard] = [asked(), shop.object(TEA).heard.length];
    shop.nowMs += 100;
    const { status, headers, body } = await reserve('late');
    expect([status, body.code, body.source, body.as_of]).toEqual([429, 'sold_out_hint', 'edge', '2026-11-20T12:00:00.000Z']);
    expect(headers.get('retry-after')).toBe('1');
    expect([asked(), shop.object(TEA).heard.length]).toEqual([before, heard]);
    expect(shop.log.at(-1)).toMatchObject({ status: 429, decision: 'sold_out_hint', source: 'edge', sku: TEA });
  });

  test('[R91] [R5] has used up no key: once there is a unit, the same request gets it', async () => {
    await reserve('late');
    await shop.receive(TEA, 1);
    shop.nowMs += 1_000;
    expect((await reserve('late')).status).toBe(201);
  });

  test('[R91] [R5] that was sent on before gets its first answer, also where that was lost', async () => {
    const again = await reserve('winner');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  });

  test('[R91] that insists is decided by the object', async () => {
    expect((await reserve('late', '?consistency=strong')).body.code).toBe('insufficient_stock');
  });

  test('[R91] of another channel, which has no hints, is decided by the object', async () => {
    const { body } = await shop.post('app', '/v1/reservations', { lines: [{ sku: TEA, quantity: 1 }] });
    expect(body.code).toBe('insufficient_stock');
  });

  test('[R91] of something else beside it is for the cart to decide', async () => {
    const lines = [
      { sku: TEA, quantity: 1 },
      { sku: MUG, quantity: 1 },
    ];
    expect((await reserve('cart', '', { lines })).body.code).toBe('insufficient_stock');
  });

  test.each([{ mode: 'partial' }, { split: 'never' }])(
    '[R91] is hinted with %j too, since nothing at all is left',
    async (terms) => {
      expect((await reserve('late', '', terms)).body.code).toBe('sold_out_hint');
    },
  );

  test('[R91] is decided by the object as soon as the number is no longer fresh', async () => {
    shop.nowMs += 1_000;
    expect((await reserve('late')).body.code).toBe('insufficient_stock');
  });

  test('[R91] is no longer hinted once the channel says so', async () => {
    await shop.put('/v1/channels/web', {});
    expect((await reserve('late')).body.code).toBe('insufficient_stock');
  });

  test('[R91] is hinted before the object is found overloaded, and one that was turned away there is hinted when it comes again', async () => {
    shop.nowMs += 1_000;
    shop.object(TEA).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 1_000 });
    expect((await reserve('late')).status).toBe(503);
    await look('?consistency=strong');
    expect((await reserve('late')).body.code).toBe('sold_out_hint');
  });

  test('[R91] [R9] that was granted by a call that broke off, and turned away by the one after it, is asked until it has its answer', async () => {
    await shop.receive(TEA, 1);
    const tea = shop.object(TEA);
    const execute = tea.execute.bind(tea);
    tea.execute = async (call) => {
      tea.execute = execute;
      await execute(call);
      tea.trouble = () => ({ outcome: 'overloaded', retryAfterMs: 1_000 });
      throw Object.assign(new Error('the object was reset'), { retryable: true });
    };
    shop.nowMs += 1_000;
    expect((await reserve('broken')).status).toBe(503);
    await look('?consistency=strong');
    expect((await reserve('broken')).headers.get('idempotent-replayed')).toBe('true');
  });

  test('[R91] [R9] that was sent twice at once, turned away the first time and granted the second, is asked until it has its answer', async () => {
    await shop.receive(TEA, 1);
    shop.nowMs += 1_000;
    const tea = shop.object(TEA);
    const first = Promise.withResolvers<void>();
    const execute = tea.execute.bind(tea);
    tea.execute = async () => {
      tea.execute = execute;
      await first.promise;
      return { outcome: 'overloaded', retryAfterMs: 1_000 };
    };
    const turnedAway = reserve('twice');
    expect((await reserve('twice')).status).toBe(201);
    first.resolve();
    expect((await turnedAway).status).toBe(503);
    await look('?consistency=strong');
    expect((await reserve('twice')).headers.get('idempotent-replayed')).toBe('true');
  });

  test('[R91] [R90] is decided by the object where the clock was set back, since nobody knows how old the number is', async () => {
    shop.nowMs -= 60_000;
    expect((await reserve('late')).body.code).toBe('insufficient_stock');
  });

  test('[R91] [R9] that was granted without an answer, and turned away when it came again, is asked until it has its answer', async () => {
    shop.object(TEA).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 1_000 });
    expect((await reserve('winner')).status).toBe(503);
    expect((await reserve('winner')).headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a reserve is decided by the object, however fresh the number,', () => {
  test('[R91] where anything is left, though less than is asked', async () => {
    await look();
    expect((await shop.reserve(2)).body.code).toBe('insufficient_stock');
  });

  test('[R91] where what is not there may be backordered', async () => {
    await reserve('winner');
    await shop.put(`/v1/items/${TEA}/policy`, { backorder_limit: 5 });
    await look('?consistency=strong');
    expect((await reserve('late')).status).toBe(201);
  });

  test('[R91] where it is another place that has nothing', async () => {
    await look();
    const at = (location: string): Promise<Said> =>
      reserve(`at-${location}`, '', { lines: [{ sku: TEA, quantity: 1, location }] });
    expect((await at('store')).body.code).toBe('sold_out_hint');
    expect((await at('dc')).status).toBe(201);
  });

  test('[R91] where this isolate never saw a number', async () => {
    expect((await reserve('first')).status).toBe(201);
  });
});

test('[R91] who is refused because nothing is left tells so to the isolate: the next ones are hinted without anybody looking', async () => {
  await reserve('winner');
  expect((await reserve('second')).body.code).toBe('insufficient_stock');
  const before = asked();
  expect((await reserve('third')).body.code).toBe('sold_out_hint');
  expect(asked()).toBe(before);
  expect((await reserve('second')).headers.get('idempotent-replayed')).toBe('true');
});

test('[R91] [R90] what a refusal told is as old as the question, however late the answer came', async () => {
  await reserve('winner');
  const tea = shop.object(TEA);
  const execute = tea.execute.bind(tea);
  tea.execute = async (call) => {
    const told = await execute(call);
    shop.nowMs += 400;
    return told;
  };
  expect((await reserve('second')).body.code).toBe('insufficient_stock');
  shop.nowMs += 599;
  expect((await reserve('third')).body.code).toBe('sold_out_hint');
  shop.nowMs += 1;
  expect((await reserve('fourth')).body.code).toBe('insufficient_stock');
});

test('[R91] [R39] what a refusal told is never older than what is known', async () => {
  await reserve('winner');
  await reserve('second');
  await shop.receive(TEA, 3);
  expect((await look('?consistency=strong')).body.available_to_sell).toBe(3);
  // The first refusal is answered again, as it was; what it tells beside is of now.
  await reserve('second');
  expect((await look()).body.available_to_sell).toBe(3);
});

test('[R91] [R5] what was sent on before hints were switched on finds its first answer too', async () => {
  await shop.put('/v1/channels/web', {});
  await reserve('winner');
  await shop.put('/v1/channels/web', { sold_out_hint: true });
  await look('?consistency=strong');
  expect((await reserve('late')).body.code).toBe('sold_out_hint');
  expect((await reserve('winner')).headers.get('idempotent-replayed')).toBe('true');
});

describe('what was sent on is remembered', () => {
  test('[R91] for ten minutes', () => {
    const sent = new SentKeys();
    sent.note('a', 0);
    expect([sent.has('a', SENT_KEYS_MS - 1), sent.has('a', SENT_KEYS_MS), sent.has('b', 0)]).toEqual([true, false, false]);
  });

  test('[R91] of so many requests, the newest', () => {
    const sent = new SentKeys();
    for (let key = 0; key <= SENT_KEYS_MAX; key += 1) sent.note(`${key}`, key);
    expect([sent.has('0', 0), sent.has('1', 0), sent.has(`${SENT_KEYS_MAX}`, 0)]).toEqual([false, true, true]);
  });
});
