import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 10);
});

const lines = (tea: number, mug: number) => [
  { sku: TEA, quantity: tea },
  { sku: MUG, quantity: mug },
];

const reserve = (tea: number, mug: number, extra: object = {}, key?: string): Promise<Said> =>
  shop.post('web', '/v1/reservations', { lines: lines(tea, mug), ...extra }, key);

const left = async (sku: string): Promise<number> =>
  (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;

/** One thing that somebody does with a reservation. */
type Call = readonly [operation: string, body: object] | null;

const PIN: Call = ['pin', {}];
const commit = (extra: object = {}): Call => ['commit', { order_ref: 'O-1', ...extra }];
const some = (first: number, second: number) => ({
  lines: [
    { line: 1, quantity: first },
    { line: 2, quantity: second },
  ],
});
/** Half an hour passes. */
const LAPSED = null;

// What is done to two lines of one item, and to a line each of two items: nobody can tell from the answers which it was.
const LIVES: readonly (readonly [name: string, calls: readonly Call[]])[] = [
  ['pin and commit', [PIN, PIN, commit(), commit(), PIN, ['release', {}]]],
  ['commit without a pin', [commit(), ['fulfill', {}], ['fulfill', {}], ['cancel', {}]]],
  ['sell a part and free the rest', [commit(some(1, 2)), ['cancel', some(1, 0)], ['fulfill', {}], ['cancel', {}]]],
  ['sell a part and keep the rest', [commit({ ...some(1, 1), keep_rest: true }), commit({ order_ref: 'O-2' }), ['fulfill', {}]]],
  ['sell a part of what is pinned and keep the rest', [PIN, commit({ ...some(0, 2), keep_rest: true }), ['release', {}]]],
  ['sell nothing', [commit(some(0, 0)), commit(), ['release', {}], PIN]],
  ['keep everything', [commit({ ...some(0, 0), keep_rest: true }), PIN]],
  ['sell more than there is', [commit(some(9, 9)), ['release', some(9, 0)], ['fulfill', {}]]],
  [
    'name a line that is not there',
    [['resize', { lines: [{ line: 3, quantity: 1 }] }], commit({ lines: [{ line: 3, quantity: 1 }] })],
  ],
  ['give back some and then all', [['release', some(1, 0)], ['release', some(0, 1)], ['release', {}], ['release', {}], commit()]],
  ['grow and shrink', [['resize', some(4, 1)], ['resize', some(20, 20)], commit(), ['resize', some(1, 1)]]],
  ['extend', [['extend', { ttl_seconds: 3_600 }], ['extend', { ttl_seconds: 1 }], PIN, ['extend', { ttl_seconds: 60 }]]],
  [
    'come too late',
    [LAPSED, commit(), ['extend', { ttl_seconds: 60 }], ['resize', some(1, 1)], ['release', {}], ['fulfill', {}]],
  ],
  ['come too late and take it anew', [LAPSED, commit({ reacquire: true }), ['fulfill', {}]]],
  ['come too late and take a part anew', [LAPSED, commit({ ...some(1, 0), reacquire: true }), ['cancel', {}], PIN]],
  ['come too late and pin', [LAPSED, PIN, commit()]],
  [
    'cancel what was not sold',
    [['cancel', {}], ['fulfill', {}], commit(), ['cancel', {}], ['cancel', {}], PIN, ['extend', { ttl_seconds: 9 }]],
  ],
];

describe('[R23] nobody can tell whether one object or a coordinator answered', () => {
  test.each(LIVES)('to %s', async (_, calls) => {
    const oneItem = await live([TEA, TEA], calls);
    const twoItems = await live([TEA, MUG], calls);
    expect(twoItems).toEqual(oneItem);
  });

  /** What a reservation of these two lines answers, call by call, each asked once more under the same key. */
  async function live(skus: readonly [string, string], calls: readonly Call[]): Promise<readonly unknown[]> {
    shop = await Shop.open();
    await shop.receive(TEA, 10);
    await shop.receive(MUG, 10);
    const body = {
      lines: [
        { sku: skus[0], quantity: 2 },
        { sku: skus[1], quantity: 3 },
      ],
      buyer: 'anna',
    };
    const reserved = await shop.post('web', '/v1/reservations', body);
    const said = [shapeOf(reserved)];
    for (const [n, call] of calls.entries()) {
      if (call === null) {
        shop.nowMs += 1_800_000;
        continue;
      }
      const [operation, content] = call;
      for (const role of ['web', 'web', 'app'] as const) {
        const reply = await shop.post(
          role,
          `/v1/reservations/${reserved.body.id}/${operation}`,
          content,
          `${operation} ${n}`.replace(' ', '-'),
        );
        said.push([operation, shapeOf(reply)]);
      }
      said.push(shapeOf(await shop.get('web', `/v1/reservations/${reserved.body.id}`)));
    }
    return said;
  }

  /** All of an answer but what may differ: ids, items, numbers of a journal, and the sentence that speaks of them. */
  function shapeOf({ status, headers, body }: Said): unknown {
    const { id, correlation_id, detail, lines: all = [], ...rest } = body;
    expect([typeof (id ?? detail), typeof (correlation_id ?? '')]).toEqual(['string', 'string']);
    return {
      status,
      replayed: headers.get('idempotent-replayed'),
      type: headers.get('content-type'),
      ...rest,
      lines: all.map(({ sku, sequence, available, ...line }: Record<string, unknown>) => {
        expect([typeof sku, typeof sequence]).toEqual(['string', 'number']);
        return { ...line, short: available !== undefined };
      }),
    };
  }
});

describe('to reserve a cart', () => {
  test('[R22] it is refused whole, and every short line is named with what there is', async () => {
    const { status, body } = await reserve(30, 20);
    expect([status, body.code]).toEqual([409, 'insufficient_stock']);
    expect(body.lines).toEqual([
      { line: 1, sku: TEA, requested: 30, available: 10, sequence: 2 },
      { line: 2, sku: MUG, requested: 20, available: 10, sequence: 2 },
    ]);
    expect(body.as_of).toBe('2026-11-20T12:00:00.000Z');
    expect([await left(TEA), await left(MUG)]).toEqual([10, 10]);
  });

  test('[R22] where one item is short, the other is given back before the answer', async () => {
    const { status, body } = await reserve(3, 20);
    expect([status, body.lines.length]).toEqual([409, 1]);
    expect([await left(TEA), await left(MUG)]).toEqual([10, 10]);
  });

  test('[R5] a refused cart is no reservation, and its key keeps the answer', async () => {
    const first = await reserve(3, 20, {}, 'same');
    const again = await reserve(3, 20, {}, 'same');
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.present_status]).toEqual([409, 'true', null]);
    expect(again.body.lines).toEqual(first.body.lines);
    const [hash = ''] = shop.carts.keys();
    expect((await shop.get('web', `/v1/reservations/cart.${hash}`)).body.code).toBe('reservation_not_found');
    expect((await shop.post('web', `/v1/reservations/cart.${hash}/pin`, {})).body.code).toBe('reservation_not_found');
  });

  test('[R16] in part it gets what there is, and an item that has nothing is left out', async () => {
    await shop.post('web', '/v1/reservations', { lines: [{ sku: MUG, quantity: 10 }] });
    const { status, body } = await reserve(30, 20, { mode: 'partial' });
    expect([status, body.status, body.lines.map((line: { reserved: number }) => line.reserved)]).toEqual([
      201,
      'active',
      [10, 0],
    ]);
    const committed = await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: 'O-1' });
    expect(committed.body.lines).toMatchObject([{ committed: 10 }, { quantity: 20, committed: 0, allocations: [] }]);
  });

  test('[R16] where there is nothing at all it is refused', async () => {
    await reserve(10, 10);
    const { status, body } = await reserve(1, 1, { mode: 'partial' });
    expect([status, body.code, body.lines.length]).toEqual([409, 'insufficient_stock', 2]);
  });

  test('[R22b] an unsplit cart comes from the one place that has all of it', async () => {
    await shop.receive(TEA, 3, 'store');
    await shop.receive(MUG, 20, 'store');
    const { body } = await reserve(3, 15, { split: 'never' });
    expect(body.lines.map(({ allocations }: { allocations: unknown }) => allocations)).toEqual([
      [{ location: 'store', quantity: 3 }],
      [{ location: 'store', quantity: 15 }],
    ]);
    const { status } = await reserve(4, 15, { split: 'never' });
    expect(status).toBe(409);
  });

  test('[R15] the same item on several lines is one sum', async () => {
    const body = { lines: [...lines(6, 1), { sku: TEA, quantity: 5 }] };
    const { status, body: said } = await shop.post('web', '/v1/reservations', body);
    expect([status, said.lines]).toMatchObject([409, [{ line: 3, sku: TEA, requested: 5, available: 4 }]]);
  });

  test('[R4, R40] an unknown item among several is refused before anybody is asked', async () => {
    const body = { lines: [...lines(1, 1), { sku: 'NOPE', quantity: 1 }] };
    const { status, body: said } = await shop.post('web', '/v1/reservations', body);
    expect([status, said.code, shop.carts.size]).toEqual([422, 'sku_unknown', 0]);
  });

  test('[R5] an item that its object does not know is not kept under the key', async () => {
    shop.object(MUG).trouble = () => ({ outcome: 'sku_unknown' });
    expect((await reserve(1, 1, {}, 'same')).body.code).toBe('sku_unknown');
    expect([await left(TEA), (await reserve(1, 1, {}, 'same')).status]).toEqual([10, 201]);
  });

  test('a thousand lines of a thousand items are one cart, and one line more is none', async () => {
    const skus = Array.from({ length: 1_000 }, (_, n) => `ITEM-${n}`);
    for (const sku of skus) {
      await shop.put(`/v1/items/${sku}`, { status: 'active' });
      await shop.receive(sku, 1);
    }
    const wanted = skus.map((sku) => ({ sku, quantity: 1 }));
    const reserved = await shop.post('web', '/v1/reservations', { lines: wanted });
    expect([reserved.status, reserved.body.lines.length]).toEqual([201, 1_000]);
    const committed = await shop.post('web', `/v1/reservations/${reserved.body.id}/commit`, { order_ref: 'O-1' });
    expect([committed.status, committed.body.status]).toEqual([200, 'committed']);
    const tooMany = await shop.post('web', '/v1/reservations', { lines: [...wanted, { sku: TEA, quantity: 1 }] });
    expect([tooMany.status, tooMany.body.code]).toEqual([400, 'invalid_request']);
  }, 120_000);
});

describe('keys of a cart', () => {
  test('[R3] the same key with another body is refused', async () => {
    await reserve(1, 1, {}, 'same');
    const { status, body } = await reserve(2, 1, {}, 'same');
    expect([status, body.code]).toEqual([422, 'key_reused']);
  });

  test('[R6] a second request while the first runs is told to come back, and then gets its answer', async () => {
    const { free, arrived } = keepBusy();
    const running = reserve(1, 1, {}, 'same');
    await arrived(1);
    const [second, other] = [await reserve(1, 1, {}, 'same'), await reserve(2, 2, {}, 'same')];
    free();
    const first = await running;
    expect([first.status, second.status, second.body.code, other.body.code]).toEqual([201, 409, 'key_in_progress', 'key_reused']);
    expect(second.headers.get('retry-after')).toBe('1');
    expect((await reserve(1, 1, {}, 'same')).body).toEqual({ ...first.body, present_status: 'active' });
  });

  test.each([
    ['reserve', null, 201],
    ['pin', {}, 200],
    ['commit', { order_ref: 'O-1' }, 200],
    ['release', {}, 200],
  ])(
    '[R5, R6] of many requests to %s at once under one key one is answered, and the others come back for the same',
    async (name, body, status) => {
      const first = name === 'reserve' ? null : await reserve(2, 2);
      const ask = (): Promise<Said> =>
        body === null || first === null
          ? reserve(2, 2, {}, 'same')
          : shop.post('web', `/v1/reservations/${first.body.id}/${name}`, body, 'same');
      const { free, arrived } = keepBusy();
      const all = Array.from({ length: 12 }, ask);
      await arrived(12);
      free();
      const heard = await Promise.all(all);
      const answered = heard.filter((one) => one.status === status);
      const told = heard.filter((one) => one.status !== status);
      expect([answered.length, told.length]).toEqual([1, 11]);
      for (const one of told) {
        expect([one.status, one.body.code, one.headers.get('retry-after')]).toEqual([409, 'key_in_progress', '1']);
      }
      const again = await Promise.all(Array.from({ length: 12 }, ask));
      for (const one of again) {
        expect([one.status, one.headers.get('idempotent-replayed')]).toEqual([status, 'true']);
        expect(one.body).toEqual({ ...answered[0]?.body, present_status: one.body.status });
      }
    },
  );

  test('[R2, R6] one key for every call of a cart at once is another request for each of them', async () => {
    const { body } = await reserve(2, 2);
    const calls = [
      ['extend', { ttl_seconds: 900 }],
      ['pin', {}],
      ['commit', { order_ref: 'O-1' }],
      ['fulfill', {}],
    ] as const;
    const ask = ([name, content]: (typeof calls)[number]): Promise<Said> =>
      shop.post('web', `/v1/reservations/${body.id}/${name}`, content, 'same');
    const { free, arrived } = keepBusy();
    const all: Promise<Said>[] = [];
    for (const call of calls) {
      all.push(ask(call));
      // Each waits behind the one before it, as a checkout would have them.
      await arrived(all.length);
    }
    free();
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const call of calls) expect((await ask(call)).headers.get('idempotent-replayed')).toBe('true');
  });

  test('[R6] many requests at once for one item under one key wait, and get the replay', async () => {
    const ask = (): Promise<Said> => shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 2 }] }, 'same');
    const all = await Promise.all(Array.from({ length: 12 }, ask));
    expect(all.map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect(all.filter(({ headers }) => headers.get('idempotent-replayed') === null).length).toBe(1);
    expect(await left(TEA)).toBe(8);
  });

  test('[R6] other operations wait their turn, so many of them; the rest is told to come back', async () => {
    const { body } = await reserve(1, 1);
    const { free, arrived } = keepBusy();
    const asked = Array.from({ length: 20 }, () => shop.post('web', `/v1/reservations/${body.id}/pin`, {}));
    await arrived(20);
    free();
    const replies = await Promise.all(asked);
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([...Array(17).fill(200), 503, 503, 503]);
    expect(replies.find(({ status }) => status === 503)?.headers.get('retry-after')).toBe('1');
  });

  /** Calls of the tea's object wait until somebody lets them go; `arrived` waits for so many calls to be with their carts. */
  function keepBusy(): { readonly free: () => void; readonly arrived: (calls: number) => Promise<void> } {
    const { promise, resolve: free } = Promise.withResolvers<void>();
    shop.object(TEA).busyUntil = promise;
    const asked = (): number => [...shop.carts.values()].reduce((total, cart) => total + cart.asked, 0);
    const before = asked();
    const arrived = async (calls: number): Promise<void> => {
      while (asked() < before + calls) await new Promise(setImmediate);
      // What they can do without the tea, they have done then.
      await new Promise(setImmediate);
    };
    return { free, arrived };
  }

  test('[R5] the sixty-fifth key of a cart is refused, the sixty-fourth is not', async () => {
    const { body } = await reserve(1, 1);
    for (let n = 2; n <= 63; n += 1) await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
    expect((await shop.post('web', `/v1/reservations/${body.id}/pin`, {})).status).toBe(200);
    const { status, body: said } = await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
    expect([status, said.code]).toEqual([409, 'too_many_operations']);
  });
});

describe('a cart beside others', () => {
  test('[R24] a failed pin gives every line back, and names what is short', async () => {
    const { body } = await reserve(6, 6);
    shop.nowMs += 900_000;
    await shop.post('web', '/v1/reservations', { lines: [{ sku: MUG, quantity: 5 }] });
    const pinned = await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
    expect([pinned.status, pinned.body.code, pinned.body.lines]).toMatchObject([
      409,
      'insufficient_stock',
      [{ line: 2, sku: MUG, requested: 6, available: 5 }],
    ]);
    expect([await left(TEA), await left(MUG)]).toEqual([10, 5]);
  });

  test('[R25] a pin without outcome is one case, whatever the cart holds', async () => {
    const { body } = await reserve(1, 1);
    await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
    shop.nowMs += 1_800_000;
    await Promise.all([left(TEA), left(MUG)]);
    const cases = [TEA, MUG].flatMap((sku) => [...shop.object(sku).stock.cases.values()]);
    expect(cases.map(({ about }) => about.kind)).toEqual(['pin_without_outcome']);
  });

  test('[R30b] goods that left are booked on the cart that a fact names, whichever name its object knows it by', async () => {
    shop.object(MUG).trouble = () => ({ outcome: 'sku_unknown' });
    await reserve(2, 2, {}, 'same');
    const { body } = await reserve(2, 2, {}, 'same');
    await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: 'O-1' });
    const movement = {
      id: 'gone',
      source: 'wms',
      kind: 'shipped',
      sku: TEA,
      location: 'dc',
      quantity: 2,
      occurred_at: shop.today(),
    };
    await shop.ask('stock', 'POST', '/v1/movements', { movements: [{ ...movement, reservation: body.id }] });
    const seen = await shop.get('web', `/v1/reservations/${body.id}`);
    expect(seen.body.lines).toMatchObject([
      { committed: 2, fulfilled: 2 },
      { committed: 2, fulfilled: 0 },
    ]);
    const { body: explained } = await shop.get('web', `/v1/availability/${MUG}/explain`);
    expect(explained.reservations).toMatchObject([{ id: body.id }]);
    const listed = await shop.get('web', '/v1/reservations?order_ref=O-1');
    expect(listed.body.items).toEqual([seen.body]);
  });

  test('an explanation pages through carts that their objects know by another name', async () => {
    for (const key of ['one', 'two', 'three']) {
      shop.object(MUG).trouble = () => ({ outcome: 'sku_unknown' });
      await reserve(1, 1, {}, key);
      await reserve(1, 1, {}, key);
    }
    const ids: string[] = [];
    for (let cursor = ''; ids.length < 4;) {
      const { body } = await shop.get('web', `/v1/availability/${TEA}/explain?limit=1${cursor}`);
      ids.push(...body.reservations.map(({ id }: { id: string }) => id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect([ids.length, new Set(ids).size, ids.every((id) => /^cart\.[\w-]{22}$/.test(id))]).toEqual([3, 3, true]);
  });

  test('[R9] while an object is silent the outcome is unknown, and then it is known', async () => {
    shop.object(MUG).silent = true;
    const first = await reserve(1, 1, {}, 'same');
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await reserve(1, 1, {}, 'same')).body.code).toBe('key_in_progress');
    shop.object(MUG).silent = false;
    const again = await reserve(1, 1, {}, 'same');
    expect([again.status, again.headers.get('idempotent-replayed'), await left(TEA)]).toEqual([201, 'true', 9]);
  });

  test('[R20, R23] a cart in doubt is given up after half a minute, and the same key begins anew', async () => {
    shop.object(MUG).silent = true;
    await reserve(1, 1, {}, 'same');
    expect(await left(TEA)).toBe(9);
    shop.nowMs += 30_000;
    for (const cart of shop.carts.values()) await cart.ring();
    expect(await left(TEA)).toBe(10);
    shop.object(MUG).silent = false;
    for (const cart of shop.carts.values()) await cart.ring();
    const again = await reserve(2, 2, {}, 'same');
    expect([again.status, await left(TEA), await left(MUG)]).toEqual([201, 8, 8]);
  });
});
