import { drizzle } from 'drizzle-orm/d1';
import { beforeEach, describe, expect, test } from 'vitest';
import { Shop, TEA } from '../../test/shop.ts';
import { auditLogIn } from '../audit/audit-log.ts';
import { closeCase } from '../read-models/cases.ts';

let shop: Shop;
/** A case of the tea, which its object opened. */
let path: string;

beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 3);
  await shop.reserve(3);
  await lose(1);
  const [found] = (await shop.get('admin', `/v1/cases?sku=${TEA}`)).body.items;
  path = `/v1/cases/${found.id}`;
});

async function lose(quantity: number): Promise<void> {
  const movement = { id: `loss-${quantity}`, source: 'wms', kind: 'adjusted', sku: TEA, location: 'dc', quantity: -quantity };
  await shop.post('stock', '/v1/movements', { movements: [{ ...movement, reason: 'broken', occurred_at: shop.today() }] });
}

const patch = (body: object, at = path) => shop.ask('admin', 'PATCH', at, body);
const idsOf = async (query: string): Promise<number> => (await shop.get('admin', `/v1/cases?${query}`)).body.items.length;

describe('[R50] [R28] a case has an owner, a due time and a comment', () => {
  test('each is set alone, stays when another is, and null clears it', async () => {
    expect((await patch({ owner: 'anna', due_at: '2026-11-21T10:00:00+01:00' })).body).toMatchObject({
      owner: 'anna',
      due_at: '2026-11-21T09:00:00.000Z',
      comment: null,
    });
    expect((await patch({ comment: 'asked the\nwarehouse' })).body).toMatchObject({
      owner: 'anna',
      comment: 'asked the\nwarehouse',
    });
    expect((await patch({ owner: null })).body).toMatchObject({ owner: null, due_at: '2026-11-21T09:00:00.000Z' });
    expect((await patch({})).body).toMatchObject({ owner: null, comment: 'asked the\nwarehouse' });
  });

  test('that stay while its number changes and after it closed', async () => {
    await patch({ owner: 'anna', comment: 'on it' });
    await lose(2);
    expect((await shop.get('admin', `/v1/cases?sku=${TEA}`)).body.items).toMatchObject([{ owner: 'anna', difference: 3 }]);
    await shop.receive(TEA, 3);
    expect((await shop.get('admin', `/v1/cases?sku=${TEA}&state=resolved`)).body.items).toMatchObject([
      { comment: 'on it', state: 'resolved' },
    ]);
    expect((await patch({ comment: 'two boxes fell' })).body).toMatchObject({ state: 'resolved', comment: 'two boxes fell' });
  });

  test('and the same change again changes nothing and leaves no second entry', async () => {
    await patch({ owner: 'anna' });
    await patch({ owner: 'anna' });
    const { items } = (await shop.get('admin', '/v1/audit-log?target=case')).body;
    expect(items).toMatchObject([{ action: 'change', before: { owner: null }, after: { owner: 'anna' } }]);
  });

  test('by which cases are found', async () => {
    await patch({ owner: 'anna', due_at: shop.today() });
    expect([await idsOf('owner=anna'), await idsOf('owner=bert')]).toEqual([1, 0]);
    expect(await idsOf('overdue=true')).toBe(1);
    await patch({ due_at: new Date(shop.nowMs + 1).toISOString() });
    expect(await idsOf('overdue=true')).toBe(0);
    shop.nowMs += 1;
    expect(await idsOf('overdue=true&owner=anna')).toBe(1);
    await shop.receive(TEA, 1);
    await idsOf(`sku=${TEA}`);
    expect(await idsOf('overdue=true')).toBe(0);
  });

  test('a comment has up to 2,000 characters', async () => {
    expect((await patch({ comment: '茶'.repeat(2_000) })).status).toBe(200);
    expect((await patch({ comment: '茶'.repeat(2_001) })).body.code).toBe('invalid_request');
  });

  test.each([{ owner: '' }, { owner: 7 }, { due_at: 'tomorrow' }, { comment: '' }, { state: 'resolved' }, { reason: 'x' }])(
    '%j is refused and changes nothing',
    async (body) => {
      const before = (await patch({})).body;
      expect((await patch({ comment: 'x', ...body })).body.code).toBe('invalid_request');
      expect((await patch({})).body).toEqual(before);
    },
  );

  test('an unknown case has none', async () => {
    expect((await patch({ owner: 'anna' }, '/v1/cases/VEVBLTE.999')).body.code).toBe('not_found');
    expect((await patch({ owner: 'anna' }, '/v1/cases/nonsense')).status).toBe(404);
  });

  test.each(['web', 'stock', 'feeds'] as const)('only administrators change them: %s', async (role) => {
    expect((await shop.ask(role, 'PATCH', path, { owner: 'me' })).body.code).toBe('scope_missing');
  });
});

test('[R36] of several who close a case at once the first says why, and the audit log has one entry', async () => {
  await shop.ask('stock', 'POST', '/v1/inbound/wms', { movements: [{ id: 'bad' }] });
  await shop.bookInbound();
  const id = 'inbound_rejected~wms~movement~bad';
  const db = drizzle(shop.database);
  const audit = auditLogIn(db, () => shop.nowMs);
  const by = { keyId: 'admin', correlationId: 'c' };
  // Both saw it open.
  for (const reason of ['not ours', 'gone']) {
    await closeCase(db, audit, by, { id, reason, nowMs: shop.nowMs, sequence: null });
    shop.nowMs += 1;
  }
  const [found] = (await shop.get('admin', '/v1/cases?kind=inbound_rejected')).body.items;
  expect(found).toMatchObject({ state: 'resolved', reason: 'not ours' });
  expect((await shop.get('admin', '/v1/audit-log?target=case')).body.items).toHaveLength(1);
});
