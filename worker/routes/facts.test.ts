import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const received = (fields: object = {}) => ({
  id: 'GR-1',
  source: 'wms',
  kind: 'received',
  sku: TEA,
  location: 'dc',
  quantity: 5,
  occurred_at: '2026-11-20T11:00:00Z',
  ...fields,
});
const counted = (fields: object = {}) => ({
  id: 'C-1',
  source: 'wms',
  sku: TEA,
  location: 'dc',
  quantity: 5,
  meaning: 'on_hand',
  as_of: '2026-11-20T12:00:00Z',
  ...fields,
});
const move = (...movements: readonly unknown[]): Promise<Said> => shop.ask('stock', 'POST', '/v1/movements', { movements });
const count = (...counts: readonly unknown[]): Promise<Said> => shop.ask('stock', 'POST', '/v1/counts', { counts });
const outcomes = ({ body }: Said): readonly string[] =>
  body.items.map((item: { outcome: string; code?: string }) => item.code ?? item.outcome);

test('[R1] a fact needs no key: it is booked once per source and id', async () => {
  const first = await move(received());
  const again = await move(received());
  expect(first.body).toEqual({ items: [{ id: 'GR-1', source: 'wms', outcome: 'applied', sequence: 2 }] });
  expect(again.body).toEqual({ items: [{ id: 'GR-1', source: 'wms', outcome: 'duplicate', sequence: 2 }] });
});

test('facts of one item are one call of its object, in order; answers come in the order of the request', async () => {
  const before = shop.object(TEA).asked;
  const said = await move(
    received({ id: 'a' }),
    received({ id: 'b', sku: MUG }),
    received({ id: 'c' }),
    received({ id: 'd', sku: MUG }),
  );
  expect(said.body.items.map(({ id, sequence }: { id: string; sequence: number }) => [id, sequence])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 3],
    ['d', 3],
  ]);
  expect(shop.object(TEA).asked - before).toBeLessThanOrEqual(2);
});

describe('a wrong fact is rejected alone', () => {
  test.each([
    ['an unknown item', { sku: 'NOPE' }, 'sku_unknown'],
    ['an unknown alias', { sku: { system: 'gtin', external_id: '0' } }, 'alias_unknown'],
    ['an unknown unit', { unit: 'pallet' }, 'unit_unknown'],
    ['an unknown kind', { kind: 'bought' }, 'invalid_request'],
    ['a kind that is a count', { kind: 'counted' }, 'invalid_request'],
    ['less than nothing', { quantity: -1 }, 'invalid_request'],
    ['nothing adjusted', { kind: 'adjusted', quantity: 0 }, 'invalid_request'],
    ['an unknown field', { sequence: 1 }, 'invalid_request'],
    ['no time', { occurred_at: undefined }, 'invalid_request'],
    ['a day that is none', { occurred_at: '2026-02-30T00:00:00Z' }, 'invalid_request'],
    ['a transfer to nowhere', { kind: 'transferred' }, 'invalid_request'],
    ['a receipt to somewhere', { to_location: 'store' }, 'invalid_request'],
    ['a change of status to itself', { kind: 'status_changed', to_status: 'sellable' }, 'invalid_request'],
    ['a transfer to where it is', { kind: 'transferred', status: 'in_transit', to_location: 'dc' }, 'invalid_request'],
    ['too much in boxes', { quantity: 1_000_000_000, unit: 'box' }, 'invalid_request'],
  ])('%s', async (_, fields, code) => {
    const said = await move(received({ id: 'good' }), received(fields), received({ id: 'better' }));
    expect(said.status).toBe(200);
    expect(outcomes(said)).toEqual(['applied', code, 'applied']);
    expect(said.body.items[1]).toMatchObject({ id: 'GR-1', source: 'wms', detail: expect.any(String) });
  });

  test('also one that is no object at all', async () => {
    const said = await move(7, received());
    expect(said.body.items[0]).toMatchObject({ id: null, source: null, outcome: 'rejected', code: 'invalid_request' });
    expect(outcomes(said)[1]).toBe('applied');
  });

  test('an unknown source or place, from a key that may speak for all', async () => {
    const said = await shop.ask('admin', 'POST', '/v1/movements', {
      movements: [received({ source: 'moon' }), received({ location: 'moon' })],
    });
    expect(outcomes(said)).toEqual(['source_unknown', 'location_unknown']);
  });
});

describe('what a key may not state refuses the whole batch', () => {
  test.each([
    ['another source', { source: 'pos' }],
    ['another place', { location: 'outlet' }],
    ['a transfer to another place', { kind: 'transferred', to_location: 'outlet' }],
    ['another source, badly written', { source: 'pos', quantity: 'many' }],
    ['another place by its alias', { location: { system: 'sap', external_id: '9000' } }],
  ])('%s', async (_, fields) => {
    await shop.put('/v1/locations/outlet', { type: 'store', aliases: [{ system: 'sap', external_id: '9000' }] });
    const before = shop.object(TEA).heard.length;
    const { status, body } = await move(received({ id: 'good' }), received(fields));
    expect([status, body.code]).toEqual([403, 'source_not_allowed']);
    expect(shop.object(TEA).heard.length).toBe(before);
  });
});

test('more facts than one call may carry are 400, and none are none', async () => {
  const { status } = await move(...Array.from({ length: 501 }, (_, n) => received({ id: `n${n}` })));
  expect(status).toBe(400);
  for (const none of [await move(), await count()]) expect([none.status, none.body]).toEqual([200, { items: [] }]);
});

test.each([
  ['received', {}, { status: 'sellable', to: null }],
  ['returned', {}, { status: 'quality_control', to: null }],
  ['adjusted', { quantity: -2 }, { status: 'sellable', quantity: -2 }],
  ['transferred', { to_location: 'store' }, { to: { location: 'store', status: 'in_transit' } }],
  [
    'transferred',
    { status: 'in_transit', to_location: 'dc', to_status: 'sellable' },
    { status: 'in_transit', to: { location: 'dc', status: 'sellable' } },
  ],
  ['status_changed', { to_status: 'damaged' }, { to: { location: 'dc', status: 'damaged' } }],
  [
    'shipped',
    { order_ref: 'O-1', reservation: 'R-1', document: 'D-1', reason: 'why', mark: 7 },
    { orderRef: 'O-1', reservation: 'R-1', document: 'D-1', reason: 'why', mark: 7 },
  ],
  ['received', { quantity: 2, unit: 'box' }, { quantity: 24 }],
])('[R30] a movement that is %s with %j means %j', async (kind, fields, means) => {
  await move(received({ kind, ...fields }));
  expect(shop.object(TEA).heard.at(-1)).toMatchObject({ type: 'move', kind, books: 'front', ...means });
});

test('[R34] a source says whether the ERP knows its facts already', async () => {
  await move(received({ source: 'erp', mark: 3 }));
  expect(shop.object(TEA).heard.at(-1)).toMatchObject({ books: 'erp', mark: 3 });
});

describe('counts', () => {
  test('[R36] are applied, and say by how much the books were wrong', async () => {
    await shop.receive(TEA, 8);
    const { body } = await count(counted());
    expect(body.items).toEqual([{ id: 'C-1', source: 'wms', outcome: 'applied', sequence: 3, variance: -3 }]);
  });

  test('[R34] older than what is known are stale', async () => {
    await count(counted({ id: 'new' }));
    expect(outcomes(await count(counted({ id: 'old', as_of: '2026-11-20T11:00:00Z' })))).toEqual(['stale']);
  });

  test.each([
    ['commit', 'on_hand', 'meaning_conflict'],
    ['commit', 'on_hand_minus_committed', 'applied'],
    ['fulfil', 'on_hand', 'applied'],
    ['fulfil', 'on_hand_minus_committed', 'meaning_conflict'],
    ['both', 'on_hand', 'applied'],
    ['both', 'on_hand_minus_committed', 'applied'],
  ] as const)("[R34] posted at %s, an ERP's count of %s is %s", async (issueAt, meaning, outcome) => {
    shop = await Shop.open(issueAt);
    expect(outcomes(await count(counted({ source: 'erp', meaning })))).toEqual([outcome]);
    expect(outcomes(await count(counted({ id: 'front', location: 'store', meaning })))).toEqual(['applied']);
  });

  test('may be below zero, as tills are', async () => {
    expect(outcomes(await count(counted({ quantity: -3 })))).toEqual(['applied']);
  });
});

test('[R9] one object that is overloaded fails the call, and what was booked is a duplicate next time', async () => {
  shop.object(MUG).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 100 });
  const batch = [received({ id: 'tea' }), received({ id: 'mug', sku: MUG })];
  expect((await move(...batch)).status).toBe(503);
  expect(outcomes(await move(...batch))).toEqual(['duplicate', 'applied']);
});
