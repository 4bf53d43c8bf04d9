import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
});

const one = { lines: [{ sku: TEA, quantity: 2 }] };

describe('to reserve', () => {
  test('answers 201 with every unit in its class', async () => {
    const { status, body } = await shop.reserve(2, { buyer: 'anna@example.org', ttl_seconds: 60 });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]+\.[\w-]{22}$/),
      status: 'active',
      channel: 'web',
      buyer: expect.stringMatching(/^[0-9a-f]{64}$/),
      order_ref: null,
      reference: null,
      promised_at: null,
      created_at: '2026-11-20T12:00:00.000Z',
      expires_at: '2026-11-20T12:01:00.000Z',
      as_of: '2026-11-20T12:00:00.000Z',
      lines: [
        {
          line: 1,
          sku: TEA,
          quantity: 2,
          reserved: 2,
          open: 2,
          committed: 0,
          fulfilled: 0,
          cancelled: 0,
          released: 0,
          expired: 0,
          backordered: 0,
          allocations: [{ location: 'dc', quantity: 2 }],
          sequence: 3,
        },
      ],
    });
  });

  test('the buyer leaves the request as a hash and is in no log', async () => {
    await shop.reserve(1, { buyer: 'anna@example.org' });
    const heard = shop.object(TEA).heard.at(-1);
    expect(JSON.stringify([heard, shop.log])).not.toContain('anna');
  });

  test('lasts 15 minutes where nothing is said', async () => {
    const { body } = await shop.reserve(1);
    expect(body.expires_at).toBe('2026-11-20T12:15:00.000Z');
  });

  test('[R15, R39] names every short line with what there is', async () => {
    const lines = [
      { sku: TEA, quantity: 8 },
      { sku: TEA, quantity: 5 },
    ];
    const { status, headers, body } = await shop.post('web', '/v1/reservations', { lines });
    expect(status).toBe(409);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: '/problems/insufficient_stock',
      status: 409,
      code: 'insufficient_stock',
      correlation_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      as_of: '2026-11-20T12:00:00.000Z',
      lines: [{ line: 2, sku: TEA, requested: 5, available: 2, sequence: 2 }],
    });
  });

  test('[R16] takes what there is where the caller says partial', async () => {
    const { status, body } = await shop.reserve(12, { mode: 'partial' });
    expect([status, body.lines[0].quantity, body.lines[0].reserved]).toEqual([201, 12, 10]);
  });

  test('understands what other systems call an item and a place, and other units', async () => {
    await shop.receive(TEA, 20);
    const line = {
      sku: { system: 'gtin', external_id: '4012345' },
      quantity: 2,
      unit: 'box',
      location: { system: 'sap', external_id: '1000' },
    };
    const { status, body } = await shop.post('web', '/v1/reservations', { lines: [line] });
    expect([status, body.lines[0].quantity, body.lines[0].allocations]).toEqual([201, 24, [{ location: 'dc', quantity: 24 }]]);
  });

  test.each([
    ['an unknown item', { lines: [{ sku: 'NOPE', quantity: 1 }] }, 422, 'sku_unknown'],
    ['an unknown alias', { lines: [{ sku: { system: 'gtin', external_id: '0' }, quantity: 1 }] }, 422, 'alias_unknown'],
    ['an unknown unit', { lines: [{ sku: TEA, quantity: 1, unit: 'pallet' }] }, 422, 'unit_unknown'],
    ['an unknown location', { lines: [{ sku: TEA, quantity: 1, location: 'moon' }] }, 422, 'location_unknown'],
    ["another's channel", { ...one, channel: 'app' }, 403, 'channel_forbidden'],
    [
      'an unknown item among several',
      {
        lines: [
          { sku: TEA, quantity: 1 },
          { sku: 'NOPE', quantity: 1 },
        ],
      },
      422,
      'sku_unknown',
    ],
    [
      'more than a number can hold in boxes',
      { lines: [{ sku: TEA, quantity: 1_000_000_000, unit: 'box' }] },
      400,
      'invalid_request',
    ],
  ])('refuses %s', async (_, body, status, code) => {
    const said = await shop.post('web', '/v1/reservations', body);
    expect([said.status, said.body.code]).toEqual([status, code]);
  });

  test('the same item under two names is one item', async () => {
    const lines = [
      { sku: TEA, quantity: 1 },
      { sku: { system: 'gtin', external_id: '4012345' }, quantity: 1 },
    ];
    const { status, body } = await shop.post('web', '/v1/reservations', { lines });
    expect([status, body.lines.length]).toEqual([201, 2]);
  });

  test('refuses a place that the channel does not sell from', async () => {
    const lines = [{ sku: TEA, quantity: 1, location: 'store' }];
    const { status, body } = await shop.post('app', '/v1/reservations', { lines });
    expect([status, body.code]).toEqual([422, 'location_not_served']);
  });

  test('a place that stopped selling is sold out, not foreign', async () => {
    await shop.put('/v1/locations/dc', { type: 'dc', stop_sell: true });
    const { status, body } = await shop.post('web', '/v1/reservations', { lines: [{ sku: TEA, quantity: 1, location: 'dc' }] });
    expect([status, body.code, body.lines[0].available]).toEqual([409, 'insufficient_stock', 0]);
  });

  test('an administrator has to say for which channel', async () => {
    const silent = await shop.post('admin', '/v1/reservations', one);
    const spoken = await shop.post('admin', '/v1/reservations', { ...one, channel: 'app' });
    const unknown = await shop.post('admin', '/v1/reservations', { ...one, channel: 'moon' });
    expect([silent.body.code, spoken.body.channel, unknown.body.code]).toEqual(['invalid_request', 'app', 'channel_unknown']);
  });

  test('one spelling of a SKU is one object', async () => {
    await shop.put('/v1/items/CAF%C3%89', { status: 'active' });
    await shop.receive(' CAFE\u0301 ', 3);
    const { body } = await shop.post('web', '/v1/reservations', { lines: [{ sku: 'CAFE\u0301', quantity: 3 }] });
    expect(body.lines[0].sku).toBe('CAF\u00c9');
  });
});

describe('[R14] what is not well formed is refused before anything is looked up', () => {
  test.each([
    ['a fraction', '{"lines":[{"sku":"TEA-1","quantity":1.5}]}', 'lines[0].quantity'],
    ['a number in quotes', '{"lines":[{"sku":"TEA-1","quantity":"1"}]}', 'lines[0].quantity'],
    ['nothing', '{"lines":[{"sku":"TEA-1","quantity":0}]}', 'lines[0].quantity'],
    ['less than nothing', '{"lines":[{"sku":"TEA-1","quantity":-1}]}', 'lines[0].quantity'],
    ['too much', '{"lines":[{"sku":"TEA-1","quantity":1000000001}]}', 'lines[0].quantity'],
    ['digits beyond 2^53', '{"lines":[{"sku":"TEA-1","quantity":9007199254740993}]}', 'lines[0].quantity'],
    ['infinity', '{"lines":[{"sku":"TEA-1","quantity":1e309}]}', 'lines[0].quantity'],
    ['an unknown field', '{"lines":[{"sku":"TEA-1","quantity":1,"reserved":5}]}', 'lines[0].reserved'],
    ['an unknown field above', '{"lines":[{"sku":"TEA-1","quantity":1}],"sequence":5}', 'sequence'],
    ['a prototype', '{"__proto__":{"lines":[]},"lines":[{"sku":"TEA-1","quantity":1}]}', '__proto__'],
    ['half an alias', '{"lines":[{"sku":{"system":"gtin"},"quantity":1}]}', 'lines[0].sku.external_id'],
    ['neither name nor alias', '{"lines":[{"sku":7,"quantity":1}]}', 'lines[0].sku'],
    ['a NUL in a name', '{"lines":[{"sku":"TEA\\u0000","quantity":1}]}', 'lines[0].sku'],
    ['half a character', '{"lines":[{"sku":"\\ud800","quantity":1}]}', 'lines[0].sku'],
    ['65 characters', JSON.stringify({ lines: [{ sku: 'x'.repeat(65), quantity: 1 }] }), 'lines[0].sku'],
    ['no line', '{"lines":[]}', 'lines'],
    ['a deadline beyond the hour', '{"lines":[{"sku":"TEA-1","quantity":1}],"ttl_seconds":3601}', 'ttl_seconds'],
    ['a list', '[]', ''],
    ['half a document', '{"lines":', null],
  ])('%s', async (_, sent, path) => {
    const { status, body } = await shop.post('web', '/v1/reservations', sent);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    if (path !== null) expect(body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    expect(shop.object(TEA).heard.some(({ type }) => type === 'reserve')).toBe(false);
  });

  test('more lines than stated', async () => {
    const lines = Array.from({ length: 1_001 }, () => ({ sku: TEA, quantity: 1 }));
    const { status } = await shop.post('web', '/v1/reservations', { lines });
    expect(status).toBe(400);
  });
});

describe('a request that is repeated', () => {
  test('[R5] is answered again with the first answer and what has become of it', async () => {
    const first = await shop.post('web', '/v1/reservations', one, 'once');
    await shop.post('web', `/v1/reservations/${first.body.id}/release`, {});
    const again = await shop.post('web', '/v1/reservations', one, 'once');
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual({ ...first.body, present_status: 'released' });
    expect(first.headers.has('idempotent-replayed')).toBe(false);
  });

  test('[R5] burns a refusal too, under the trace of the first', async () => {
    const much = { lines: [{ sku: TEA, quantity: 99 }] };
    const first = await shop.post('web', '/v1/reservations', much, 'burned');
    await shop.receive(TEA, 100);
    const again = await shop.post('web', '/v1/reservations', much, 'burned');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual({ ...first.body, present_status: null });
  });

  test('[R3] is the same whatever the order of its fields', async () => {
    const first = await shop.post(
      'web',
      '/v1/reservations',
      '{"ttl_seconds":60,"lines":[{"sku":"TEA-1","quantity":1}]}',
      'order',
    );
    const again = await shop.post(
      'web',
      '/v1/reservations',
      '{ "lines":[{"quantity":1,"sku":"TEA-1"}],"ttl_seconds":60}',
      'order',
    );
    expect(again.body.id).toBe(first.body.id);
  });

  test('[R3] is another where a default was spelled out', async () => {
    await shop.post('web', '/v1/reservations', one, 'spelled');
    const { status, body } = await shop.post('web', '/v1/reservations', { ...one, mode: 'all_or_nothing' }, 'spelled');
    expect([status, body.code]).toEqual([422, 'key_reused']);
  });

  test("[R2] under another caller's equal key reveals nothing", async () => {
    const mine = await shop.post('web', '/v1/reservations', one, 'shared');
    const theirs = await shop.post('app', '/v1/reservations', one, 'shared');
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('[R2] for another item is another request', async () => {
    await shop.receive(MUG, 5);
    const tea = await shop.post('web', '/v1/reservations', one, 'per-sku');
    const mug = await shop.post('web', '/v1/reservations', { lines: [{ sku: MUG, quantity: 2 }] }, 'per-sku');
    expect([tea.status, mug.status]).toEqual([201, 201]);
  });

  test('[R1] may write its key with quotes or without', async () => {
    const bare = await shop.post('web', '/v1/reservations', one, 'quoted');
    const quoted = await shop.post('web', '/v1/reservations', one, '"quoted"');
    expect(quoted.body.id).toBe(bare.body.id);
  });

  test.each([
    ['[R1] without a key', {}, 'key_missing'],
    ['[R1] with an empty key', { 'idempotency-key': '""' }, 'key_missing'],
    ['[R1] with a key of 256 characters', { 'idempotency-key': 'k'.repeat(256) }, 'invalid_request'],
    ['[R1] with a blank in its key', { 'idempotency-key': 'a b' }, 'invalid_request'],
  ])('%s is refused', async (_, headers, code) => {
    const { status, body } = await shop.ask('web', 'POST', '/v1/reservations', one, headers);
    expect([status, body.code]).toEqual([400, code]);
  });
});

describe('[R4] the order of checks', () => {
  const nonsense = { lines: [{ sku: 'NOPE', quantity: 1 }], channel: 'app' };
  test('who asks comes before what is asked', async () => {
    const { status } = await shop.ask(null, 'POST', '/v1/reservations', '{', {});
    expect(status).toBe(401);
  });
  test('what one may do comes before how it is said', async () => {
    const { status } = await shop.ask('reader', 'POST', '/v1/reservations', '{', {});
    expect(status).toBe(403);
  });
  test('whose channel it is comes before what the names mean', async () => {
    const { body } = await shop.post('web', '/v1/reservations', nonsense);
    expect(body.code).toBe('channel_forbidden');
  });
  test('what the names mean comes before whether the key was used', async () => {
    await shop.post('web', '/v1/reservations', one, 'names-first');
    const { body } = await shop.post(
      'web',
      '/v1/reservations',
      { lines: [{ sku: TEA, quantity: 1, location: 'moon' }] },
      'names-first',
    );
    expect(body.code).toBe('location_unknown');
  });
});

describe('to look at a reservation', () => {
  test('shows it as it is now', async () => {
    const { body } = await shop.reserve(2, { ttl_seconds: 60 });
    shop.nowMs += 60_000;
    const seen = await shop.get('web', `/v1/reservations/${body.id}`);
    expect([seen.status, seen.body.status, seen.body.expires_at, seen.body.lines[0].expired]).toEqual([200, 'expired', null, 2]);
  });

  test("[R4] another channel's answers exactly like one that never was", async () => {
    const { body } = await shop.reserve(2);
    const unknown = `${body.id.split('.')[0]}.${'A'.repeat(22)}`;
    const theirs = await shop.get('app', `/v1/reservations/${body.id}`);
    const never = await shop.get('app', `/v1/reservations/${unknown}`);
    expect([theirs.status, theirs.body.code]).toEqual([404, 'reservation_not_found']);
    expect({ ...theirs.body, detail: '', correlation_id: '' }).toEqual({ ...never.body, detail: '', correlation_id: '' });
  });

  test.each(['nope', 'cart.AAAAAAAAAAAAAAAAAAAAAA', `TlVMTA.${'A'.repeat(22)}`, `${'A'.repeat(22)}.short`])(
    '[R40] an id that no item has (%s) wakes no object',
    async (id) => {
      const { status, body } = await shop.get('web', `/v1/reservations/${id}`);
      expect([status, body.code]).toEqual([404, 'reservation_not_found']);
      expect([...shop.objects.keys()]).toEqual([TEA, MUG]);
    },
  );

  test('lists those of an order, of the own channel alone', async () => {
    const mine = await shop.reserve(1);
    const theirs = await shop.reserve(1, {}, 'app');
    for (const id of [mine.body.id, theirs.body.id]) {
      await shop.database.prepare('INSERT INTO order_reservation VALUES (?, ?)').bind('ORDER-1', id).run();
    }
    const ids = async (role: 'web' | 'admin') =>
      (await shop.get(role, '/v1/reservations?order_ref=ORDER-1')).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('web')).toEqual([mine.body.id]);
    expect(new Set(await ids('admin'))).toEqual(new Set([mine.body.id, theirs.body.id]));
    expect((await shop.get('web', '/v1/reservations')).status).toBe(400);
  });
});

test('[R9] an object that is overloaded says when to come back, and nothing was decided', async () => {
  shop.object(TEA).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 100 });
  const first = await shop.post('web', '/v1/reservations', one, 'again');
  expect([first.status, first.body.code, first.headers.get('retry-after')]).toEqual([503, 'overloaded', '1']);
  const again = await shop.post('web', '/v1/reservations', one, 'again');
  expect([again.status, again.headers.has('idempotent-replayed')]).toEqual([201, false]);
});

test('[R9] what fails here is a 500 that says to ask again, and tells no secrets', async () => {
  shop.object(TEA).trouble = () => {
    throw new Error('disk of object 17 is gone');
  };
  const { status, body } = await shop.post('web', '/v1/reservations', one);
  expect([status, body.code]).toEqual([500, 'internal_error']);
  expect(JSON.stringify(body)).not.toContain('disk');
  expect(JSON.stringify(shop.log.at(-1))).toContain('disk of object 17');
});
