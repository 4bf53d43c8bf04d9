import { env } from 'cloudflare:workers';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { auditItems } from '../../worker/jobs/audit-items.ts';
import { segmentsInR2 } from '../../worker/proof/segments.ts';
import { admitAda, ask, stocked } from './ask-api.ts';
import { stockOf } from './object-books.ts';

beforeEach(admitAda);

test('from a receipt to a commitment, through the whole Worker', async () => {
  await stocked('TEA', 5);
  const reserved = await ask(
    'POST',
    '/v1/reservations',
    { channel: 'web', lines: [{ sku: 'TEA', quantity: 3 }] },
    { 'idempotency-key': 'one' },
  );
  expect(reserved).toMatchObject({ status: 201, body: { status: 'active' } });
  const committed = await ask(
    'POST',
    `/v1/reservations/${String(reserved.body['id'])}/commit`,
    { order_ref: 'ORDER-1' },
    { 'idempotency-key': 'two' },
  );
  expect(committed).toMatchObject({ status: 200, body: { status: 'committed', order_ref: 'ORDER-1' } });
  const seen = await ask('GET', '/v1/availability/TEA?channel=web&consistency=strong');
  expect(seen.body).toMatchObject({ available_to_sell: 2, source: 'object' });
});

test('[R63] an item is audited with every invariant that its object proves, and its archive', async () => {
  await stocked('PROOF', 5);
  const { status, body } = await ask('GET', '/v1/items/PROOF/audit');
  expect(status).toBe(200);
  const checks = body['checks'] as readonly { readonly invariant: string; readonly holds: boolean }[];
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  expect(new Set(checks.map(({ invariant }) => invariant))).toEqual(new Set(['I1', 'I2', 'I3', 'I7', 'I10', 'I11', 'archive']));
});

test('[R63b] at night every object is audited, and how far that came stands in the database', async () => {
  await stocked('NIGHT', 5);
  const deps = {
    db: env.DB,
    stock: { ask: async <Answer>(sku: Sku, question: (stub: SkuStockStub) => Promise<Answer>) => question(stockOf(sku)) },
    segments: segmentsInR2(env.ARCHIVE),
    nowMs: () => Date.UTC(2026, 10, 21, 3, 30),
  };
  const { items, failed, ended } = await auditItems(deps);
  expect({ failed, ended }).toEqual({ failed: 0, ended: true });
  expect(items).toBeGreaterThan(0);
  expect(await auditItems(deps)).toMatchObject({ asked: 0 });
});

test('[R5, R7] what was answered once is answered again by the object', async () => {
  await stocked('MUG', 5);
  const body = { channel: 'web', lines: [{ sku: 'MUG', quantity: 3 }] };
  const first = await ask('POST', '/v1/reservations', body, { 'idempotency-key': 'same' });
  const again = await ask('POST', '/v1/reservations', body, { 'idempotency-key': 'same' });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual({ ...first.body, present_status: 'active' });
});

test('many readers at once share one look at the object, and none of them is left waiting', async () => {
  await stocked('KETTLE', 5);
  const replies = await Promise.all(Array.from({ length: 30 }, () => ask('GET', '/v1/availability/KETTLE?channel=web')));
  expect(new Set(replies.map(({ status, body }) => `${status} ${String(body['available_to_sell'])}`))).toEqual(
    new Set(['200 5']),
  );
});

test('[R27] the newest count is explained by what the contract says of it', async () => {
  await stocked('SAUCER', 5);
  const asOf = '2026-11-20T08:00:00.000Z';
  const count = { id: 'c1', source: 'wms', sku: 'SAUCER', location: 'dc', quantity: 4, meaning: 'on_hand', as_of: asOf };
  await ask('POST', '/v1/counts', { counts: [count] });
  const { body } = await ask('GET', '/v1/availability/SAUCER/explain?channel=web');
  expect(body['last_count']).toEqual({
    source: 'wms',
    location: 'dc',
    status: 'sellable',
    quantity: 4,
    meaning: 'on_hand',
    mark: null,
    sequence: expect.any(Number),
    as_of: asOf,
  });
});

test('a body that is too large hears so', async () => {
  const { status, body } = await ask('POST', '/v1/movements', { movements: ['x'.repeat(3_000_000)] });
  expect([status, body['code']]).toEqual([413, 'too_large']);
});

test('[R6] of equal requests at once one takes effect, and the others wait for its answer', async () => {
  await stocked('CUP', 5);
  const body = { channel: 'web', lines: [{ sku: 'CUP', quantity: 2 }] };
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => ask('POST', '/v1/reservations', body, { 'idempotency-key': 'at-once' })),
  );
  expect(new Set(replies.map(({ status, body: { id } }) => `${status} ${String(id)}`)).size).toBe(1);
  expect(replies.filter(({ headers }) => !headers.has('idempotent-replayed')).length).toBe(1);
  const seen = await ask('GET', '/v1/availability/CUP?channel=web&consistency=strong');
  expect(seen.body).toMatchObject({ available_to_sell: 3 });
});

test('[R23, R24] a cart of two items is reserved, pinned and committed through its coordinator', async () => {
  await stocked('BOWL', 5);
  await stocked('SPOON', 5);
  const lines = [
    { sku: 'BOWL', quantity: 2 },
    { sku: 'SPOON', quantity: 4 },
  ];
  const reserved = await ask('POST', '/v1/reservations', { channel: 'web', lines }, { 'idempotency-key': 'cart' });
  expect(reserved).toMatchObject({ status: 201, body: { status: 'active' } });
  const at = `/v1/reservations/${String(reserved.body['id'])}`;
  expect(await ask('POST', `${at}/pin`, {}, { 'idempotency-key': 'pin' })).toMatchObject({
    status: 200,
    body: { status: 'pinned' },
  });
  const committed = await ask('POST', `${at}/commit`, { order_ref: 'ORDER-2' }, { 'idempotency-key': 'commit' });
  expect(committed).toMatchObject({ status: 200, body: { status: 'committed', order_ref: 'ORDER-2' } });
  expect(await ask('GET', at)).toMatchObject({ status: 200, body: committed.body });
});

test('[R28b, R49] a count below what is reserved takes promises back, and who follows the events reads it in order', async () => {
  await stocked('JUG', 5);
  await ask('PUT', '/v1/items/JUG/policy', { over_reservation: ['release_unpinned', 'list'] });
  const reserved = await ask(
    'POST',
    '/v1/reservations',
    { channel: 'web', lines: [{ sku: 'JUG', quantity: 2 }] },
    { 'idempotency-key': 'jug' },
  );
  const pinned = await ask(
    'POST',
    '/v1/reservations',
    { channel: 'web', lines: [{ sku: 'JUG', quantity: 3 }] },
    { 'idempotency-key': 'jugs' },
  );
  await ask('POST', `/v1/reservations/${String(pinned.body['id'])}/pin`, {}, { 'idempotency-key': 'pin-jugs' });
  const count = {
    id: 'c',
    source: 'wms',
    sku: 'JUG',
    location: 'dc',
    quantity: 1,
    meaning: 'on_hand',
    as_of: new Date().toISOString(),
  };
  expect((await ask('POST', '/v1/counts', { counts: [count] })).body).toMatchObject({ items: [{ outcome: 'applied' }] });

  const types = 'reservation.released,case.opened';
  await vi.waitFor(
    async () => {
      const { body } = await ask('GET', `/v1/events?types=${types}`);
      expect(body['items']).toMatchObject([
        { type: 'reservation.released', sku: 'JUG', data: { reservation_id: reserved.body['id'], lines: [{ quantity: 2 }] } },
        { type: 'case.opened', sku: 'JUG', data: { kind: 'over_reservation', difference: 2 } },
      ]);
    },
    { timeout: 45_000, interval: 200 },
  );
});
