import { beforeEach, describe, expect, test } from 'vitest';
import { Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
});

type State = 'active' | 'pinned' | 'committed' | 'fulfilled' | 'cancelled' | 'released' | 'expired';

const BODIES: Record<string, object> = {
  extend: { ttl_seconds: 900 },
  resize: { lines: [{ line: 1, quantity: 2 }] },
  pin: {},
  commit: { order_ref: 'ORDER-1' },
  release: {},
  fulfill: {},
  cancel: {},
};

const WAYS: Record<State, readonly string[]> = {
  active: [],
  pinned: ['pin'],
  committed: ['commit'],
  fulfilled: ['commit', 'fulfill'],
  cancelled: ['commit', 'cancel'],
  released: ['release'],
  expired: [],
};

const on = (
  id: string,
  operation: string,
  body: object = BODIES[operation] ?? {},
  role: 'web' | 'app' | 'stock' | 'admin' = 'web',
): Promise<Said> => shop.post(role, `/v1/reservations/${id}/${operation}`, body);

async function reservationIn(state: State): Promise<string> {
  const { body } = await shop.reserve(1, { ttl_seconds: 60 });
  for (const operation of WAYS[state]) await on(body.id, operation);
  if (state === 'expired') shop.nowMs += 60_000;
  return body.id;
}

const STATES: readonly State[] = ['active', 'pinned', 'committed', 'fulfilled', 'cancelled', 'released', 'expired'];
const done = 'already_committed';
const gone = 'reservation_cancelled';
const none = 'not_committed';
// SPEC §1's table: a number is a status, a word is the code of a 409.
const TABLE: Readonly<Record<string, readonly (200 | string)[]>> = {
  extend: [200, 'reservation_pinned', done, done, gone, 'reservation_released', 'reservation_expired'],
  resize: [200, 'reservation_pinned', done, done, gone, 'reservation_released', 'reservation_expired'],
  pin: [200, 200, done, done, gone, 'reservation_released', 200],
  commit: [200, 200, done, done, gone, 'reservation_released', 'reservation_expired'],
  release: [200, 200, done, done, gone, 200, 200],
  fulfill: [none, none, 200, 'already_fulfilled', gone, none, none],
  cancel: [none, none, 200, 'already_fulfilled', 200, none, none],
};

const CELLS = Object.entries(TABLE).flatMap(([operation, row]) =>
  row.map((says, index) => [operation, STATES[index] ?? 'active', says] as const),
);

test.each(CELLS)('[R19, R21] %s of a reservation that is %s answers %s', async (operation, state, says) => {
  const id = await reservationIn(state);
  const { status, body } = await on(id, operation);
  expect(status === 200 ? 200 : body.code).toBe(says);
  expect(status).toBe(says === 200 ? 200 : 409);
});

test('[R13] extend gives a later end, counted from now', async () => {
  const { body } = await shop.reserve(1, { ttl_seconds: 60 });
  shop.nowMs += 10_000;
  const extended = await on(body.id, 'extend', { ttl_seconds: 60 });
  expect(extended.body.expires_at).toBe('2026-11-20T12:01:10.000Z');
});

test('[R15] a resize that asks too much says so in totals of the line', async () => {
  const { body } = await shop.reserve(4);
  const refused = await on(body.id, 'resize', { lines: [{ line: 1, quantity: 12 }] });
  expect(refused.body.lines).toEqual([{ line: 1, sku: TEA, requested: 12, available: 10, sequence: 3 }]);
});

test('[R17] commit of a part frees the rest, or keeps it where asked', async () => {
  const first = await shop.reserve(4);
  const part = await on(first.body.id, 'commit', { order_ref: 'A', lines: [{ line: 1, quantity: 1 }] });
  expect(part.body.lines[0]).toMatchObject({ committed: 1, released: 3, open: 0 });
  const second = await shop.reserve(4);
  const kept = await on(second.body.id, 'commit', { order_ref: 'B', lines: [{ line: 1, quantity: 1 }], keep_rest: true });
  expect(kept.body).toMatchObject({ status: 'active', order_ref: 'B', lines: [{ committed: 1, open: 3 }] });
});

test('[R17] more than the line holds is refused', async () => {
  const { body } = await shop.reserve(1);
  const refused = await on(body.id, 'commit', { order_ref: 'A', lines: [{ line: 1, quantity: 2 }] });
  expect([refused.status, refused.body.code]).toEqual([409, 'exceeds_reservation']);
});

test('[R18] a lapsed one is committed where the caller lets it be taken anew', async () => {
  const id = await reservationIn('expired');
  const { status, body } = await on(id, 'commit', { order_ref: 'A', reacquire: true });
  expect([status, body.status]).toEqual([200, 'committed']);
});

test('[R5] an operation that is repeated under its key is answered again', async () => {
  const { body } = await shop.reserve(2);
  const path = `/v1/reservations/${body.id}/commit`;
  const first = await shop.post('web', path, { order_ref: 'A' }, 'pay');
  await on(body.id, 'fulfill');
  const again = await shop.post('web', path, { order_ref: 'A' }, 'pay');
  expect(again.body).toEqual({ ...first.body, present_status: 'fulfilled' });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

test('[R2] one key may serve several operations', async () => {
  const { body } = await shop.reserve(2);
  const pinned = await shop.post('web', `/v1/reservations/${body.id}/pin`, {}, 'same');
  const committed = await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: 'A' }, 'same');
  expect([pinned.body.status, committed.body.status]).toEqual(['pinned', 'committed']);
});

describe('whose reservation it is', () => {
  test.each(Object.keys(BODIES))("%s of another channel's is like that of none", async (operation) => {
    const { body } = await shop.reserve(1);
    const { status, body: said } = await on(body.id, operation, BODIES[operation], 'app');
    expect([status, said.code]).toEqual([404, 'reservation_not_found']);
  });

  test('whoever ships may fulfil and cancel for every channel, and nothing else', async () => {
    const id = await reservationIn('committed');
    expect((await on(id, 'release', {}, 'stock')).body.code).toBe('scope_missing');
    expect((await on(id, 'fulfill', {}, 'stock')).status).toBe(200);
  });

  test('an administrator may do all of it', async () => {
    const { body } = await shop.reserve(1);
    expect((await on(body.id, 'pin', {}, 'admin')).status).toBe(200);
  });
});

describe('what is not well formed', () => {
  test.each([
    ['extend', { ttl_seconds: 0 }],
    ['extend', {}],
    ['resize', { lines: [{ line: 1, quantity: 0 }] }],
    ['resize', {}],
    ['pin', { now: true }],
    ['commit', {}],
    ['commit', { order_ref: '' }],
    [
      'commit',
      {
        order_ref: 'A',
        lines: [
          { line: 1, quantity: 1 },
          { line: 1, quantity: 2 },
        ],
      },
    ],
    ['release', { lines: [] }],
    ['fulfill', { lines: [{ line: 1, quantity: -1 }] }],
    ['cancel', { lines: [{ line: 0, quantity: 1 }] }],
  ])('%s %j is 400', async (operation, body) => {
    const { status, body: said } = await on('nope', operation, body);
    expect([status, said.code]).toEqual([400, 'invalid_request']);
  });

  test('no body is as good as an empty one', async () => {
    const { body } = await shop.reserve(1);
    const said = await shop.ask('web', 'POST', `/v1/reservations/${body.id}/pin`, undefined, { 'idempotency-key': 'empty' });
    expect(said.body.status).toBe('pinned');
  });
});

test('an order is found by its reference as soon as the commit was answered', async () => {
  const { body } = await shop.reserve(1);
  await on(body.id, 'commit', { order_ref: 'ORDER-77' });
  const found = await shop.get('web', '/v1/reservations?order_ref=ORDER-77');
  expect(found.body).toMatchObject({ items: [{ id: body.id, order_ref: 'ORDER-77' }], next_cursor: null });
});
