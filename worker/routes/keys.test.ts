import { beforeEach, expect, test } from 'vitest';
import { keyOf, Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const create = (body: object): Promise<Said> => shop.ask('admin', 'POST', '/v1/keys', body);
const read = async (key: string): Promise<number> =>
  (await shop.app.request(`/v1/availability/${TEA}?channel=web`, { headers: { authorization: `Bearer ${key}` } })).status;

test('a key is shown once, and nobody finds it in the database', async () => {
  const { status, body } = await create({ name: 'Shop', scopes: ['availability:read'] });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(String),
    key: expect.stringMatching(/^hf_[\w-]+_[\w-]{32}$/),
    name: 'Shop',
    scopes: ['availability:read'],
    channel: null,
    sources: null,
    locations: null,
    created_at: '2026-11-20T12:00:00.000Z',
    expires_at: null,
    revoked_at: null,
  });
  expect(await read(body.key)).toBe(200);
  const { results } = await shop.database.prepare('SELECT * FROM api_key').all();
  const secret = body.key.slice(-32);
  expect(JSON.stringify([results, shop.log, (await shop.get('admin', '/v1/keys')).body])).not.toContain(secret);
});

test.each([
  [{ name: 'x', scopes: ['reservations:write'] }, 400, 'invalid_request'],
  [{ name: 'x', scopes: [] }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['root'] }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin', 'admin'] }, 400, 'invalid_request'],
  [{ scopes: ['admin'] }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['reservations:write'], channel: 'moon' }, 422, 'channel_unknown'],
  [{ name: 'x', scopes: ['stock:write'], sources: ['moon'] }, 422, 'source_unknown'],
  [{ name: 'x', scopes: ['stock:write'], locations: ['moon'] }, 422, 'location_unknown'],
])('a key %j is refused', async (body, status, code) => {
  const said = await create(body);
  expect([said.status, said.body.code]).toEqual([status, code]);
});

test('a key that expires is of no use from then on', async () => {
  const { body } = await create({ name: 'x', scopes: ['availability:read'], expires_at: '2026-11-20T12:00:30Z' });
  expect(await read(body.key)).toBe(200);
  shop.nowMs += 30_000;
  expect(await read(body.key)).toBe(401);
});

test('rotated, the new secret counts and the old one is of no use', async () => {
  const { body } = await create({ name: 'x', scopes: ['availability:read'] });
  await read(body.key);
  const rotated = await shop.ask('admin', 'POST', `/v1/keys/${body.id}/rotate`);
  expect([rotated.status, rotated.body.id]).toEqual([200, body.id]);
  expect([await read(body.key), await read(rotated.body.key)]).toEqual([401, 200]);
});

test('a revoked key stops, and stays on the list', async () => {
  const { body } = await create({ name: 'x', scopes: ['availability:read'] });
  await read(body.key);
  const revoked = await shop.ask('admin', 'POST', `/v1/keys/${body.id}/revoke`);
  expect(revoked.body.revoked_at).toBe('2026-11-20T12:00:00.000Z');
  expect(await read(body.key)).toBe(401);
  shop.nowMs += 1_000;
  const again = await shop.ask('admin', 'POST', `/v1/keys/${body.id}/revoke`);
  expect(again.body.revoked_at).toBe('2026-11-20T12:00:00.000Z');
  const rotated = await shop.ask('admin', 'POST', `/v1/keys/${body.id}/rotate`);
  expect([rotated.status, rotated.body.code]).toEqual([404, 'not_found']);
});

test('a key that was revoked elsewhere stops within ten seconds', async () => {
  const { body } = await create({ name: 'x', scopes: ['availability:read'] });
  await read(body.key);
  await shop.database.prepare('UPDATE api_key SET revoked_at_ms = 1 WHERE id = ?').bind(body.id).run();
  shop.nowMs += 9_999;
  expect(await read(body.key)).toBe(200);
  shop.nowMs += 1;
  expect(await read(body.key)).toBe(401);
});

test('keys are listed page by page', async () => {
  const ids: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const { body }: Said = await shop.get('admin', `/v1/keys?limit=4${next === '' ? '' : `&cursor=${next}`}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    next = body.next_cursor;
  }
  expect(ids).toEqual(['admin', 'app', 'feeds', 'reader', 'stock', 'web']);
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'cursor=!', 'cursor=garbage', 'cursor=bm9uc2Vuc2U'])
    expect((await shop.get('admin', `/v1/keys?${query}`)).status).toBe(400);
});

test('a key that nobody has is not found', async () => {
  for (const what of ['rotate', 'revoke']) {
    const { status, body } = await shop.ask('admin', 'POST', `/v1/keys/nobody/${what}`);
    expect([status, body.code]).toEqual([404, 'not_found']);
  }
});

test.each([
  '',
  'Bearer',
  'Bearer nonsense',
  'Basic abc',
  `Bearer ${keyOf('admin').slice(0, -1)}x`,
  `Bearer ${keyOf('nobody')}`,
  `Bearer ${keyOf('admin')} more`,
])('whoever presents %j is nobody', async (authorization) => {
  const reply = await shop.app.request('/v1/keys', { headers: { authorization } });
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
});
