import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
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
    rate_limit: null,
    expires_at: null,
    rotated_at: null,
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
  [{ name: 'x', scopes: ['reservations:write', 'stock:write'] }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin'], rate_limit: { requests: 0, window_seconds: 1 } }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin'], rate_limit: { requests: 100_000_001, window_seconds: 1 } }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin'], rate_limit: { requests: 1, window_seconds: 3_601 } }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin'], rate_limit: { requests: 1 } }, 400, 'invalid_request'],
  [{ name: 'x', scopes: ['admin'], expires_at: '2026-11-20T12:00:00Z' }, 400, 'invalid_request'],
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

test('a key that was rotated elsewhere: the new secret counts within two seconds, the old one stops within ten', async () => {
  const { body } = await create({ name: 'x', scopes: ['availability:read'] });
  await read(body.key);
  const newKey = `${body.key.slice(0, -32)}${'n'.repeat(32)}`;
  const hash = createHash('sha256').update(newKey).digest('hex');
  await shop.database.prepare('UPDATE api_key SET hash = ? WHERE id = ?').bind(hash, body.id).run();
  shop.nowMs += 1_999;
  expect(await read(body.key)).toBe(200);
  shop.nowMs += 1;
  expect(await read(newKey)).toBe(200);
  expect(await read(body.key)).toBe(401);

  await shop.database.prepare("UPDATE api_key SET hash = 'another' WHERE id = ?").bind(body.id).run();
  shop.nowMs += 9_999;
  expect(await read(newKey)).toBe(200);
  shop.nowMs += 1;
  // Nor does it count any more when it is presented once more, though it was good by what was read before.
  expect([await read(newKey), await read(newKey)]).toEqual([401, 401]);
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
  expect(ids).toEqual(['admin', 'app', 'feeds', 'reader', 'stock', 'web', 'web_feeds']);
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

test('a key may do what any of its scopes allows, for its own channel, and nothing beyond', async () => {
  const { body } = await create({ name: 'x', scopes: ['reservations:write', 'stock:write'], channel: 'web', sources: ['wms'] });
  const call = async (path: string, sent: object): Promise<number> => {
    const headers = { authorization: `Bearer ${body.key}`, 'idempotency-key': 'k' };
    return (await shop.app.request(path, { method: 'POST', headers, body: JSON.stringify(sent) })).status;
  };
  const fact = { id: 'f', source: 'wms', kind: 'received', sku: TEA, location: 'dc', quantity: 9, occurred_at: shop.today() };
  expect(await call('/v1/movements', { movements: [fact] })).toBe(200);
  expect(await call('/v1/movements', { movements: [{ ...fact, source: 'erp' }] })).toBe(403);
  expect(await call('/v1/reservations', { lines: [{ sku: TEA, quantity: 1 }] })).toBe(201);
  expect(await call('/v1/reservations', { channel: 'app', lines: [{ sku: TEA, quantity: 1 }] })).toBe(403);
  expect(await call('/v1/availability/query', { skus: [TEA] })).toBe(403);
  expect(await call('/v1/keys', { name: 'y', scopes: ['admin'] })).toBe(403);
});

describe('[R48] a key that is asked for under an Idempotency-Key', () => {
  const wanted = { name: 'Shop', scopes: ['availability:read'] };
  const ask = (body: object, key: string): Promise<Said> => shop.post('admin', '/v1/keys', body, key);

  test('is made once, and shown with the first answer only; to rotate it shows a new one', async () => {
    const first = await ask(wanted, 'once');
    const again = await ask(wanted, 'once');
    expect([first.status, first.headers.has('idempotent-replayed')]).toEqual([201, false]);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual({ ...first.body, key: null });
    const rotated = await shop.ask('admin', 'POST', `/v1/keys/${first.body.id}/rotate`);
    expect([await read(rotated.body.key), await read(first.body.key)]).toEqual([200, 401]);
    const names = (await shop.get('admin', '/v1/keys')).body.items.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => name === 'Shop')).toEqual(['Shop']);
  });

  test('is made once also by requests at the same time', async () => {
    const said = await Promise.all(Array.from({ length: 5 }, () => ask(wanted, 'at-once')));
    expect(new Set(said.map(({ body }) => body.id)).size).toBe(1);
    expect(said.filter(({ body }) => body.key !== null).length).toBe(1);
    const told = await shop.get('admin', `/v1/audit-log?target=key:${said[0]?.body.id}`);
    expect(told.body.items.length).toBe(1);
  });

  test('is told of also when it has expired by then', async () => {
    const until = { ...wanted, expires_at: '2026-11-20T12:00:01Z' };
    const first = await ask(until, 'short');
    shop.nowMs += 1_000;
    const again = await ask(until, 'short');
    expect([again.status, again.body]).toEqual([201, { ...first.body, key: null }]);
    expect((await ask({ ...until, name: 'Other' }, 'short')).body.code).toBe('key_reused');
    expect((await ask(until, 'too-late')).body).toMatchObject({ code: 'invalid_request', detail: 'expires_at: is past' });
  });

  test('is not mistaken for another one, nor for that of another caller', async () => {
    const first = await ask(wanted, 'k');
    const other = await ask({ ...wanted, name: 'Other' }, 'k');
    expect([other.status, other.body.code]).toEqual([422, 'key_reused']);
    const { body: second } = await create({ name: 'second', scopes: ['admin'] });
    const theirs = await shop.app.request('/v1/keys', {
      method: 'POST',
      headers: { authorization: `Bearer ${second.key}`, 'idempotency-key': 'k' },
      body: JSON.stringify(wanted),
    });
    expect(theirs.status).toBe(201);
    const made = await theirs.text();
    expect(made).not.toContain(first.body.id);
  });

  test.each(['""', 'a b', 'x'.repeat(256)])('but not under %j', async (key) => {
    expect((await ask(wanted, key)).status).toBe(400);
  });
});
