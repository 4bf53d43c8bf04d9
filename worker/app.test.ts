import { Hono } from 'hono';
import { beforeEach, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../contracts/operations.ts';
import { Shop, TEA, type Role } from '../test/shop.ts';
import type { AppEnv } from './app-env.ts';
import { createApp } from './app.ts';
import { guards } from './middleware/authenticate.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const HOLDS: Readonly<Record<Role, readonly string[]>> = {
  admin: ['admin'],
  web: ['availability:read', 'reservations:write'],
  app: ['availability:read', 'reservations:write'],
  reader: ['availability:read'],
  stock: ['stock:write'],
  feeds: ['feeds:read'],
  web_feeds: ['feeds:read'],
};

const called = OPERATIONS.map(({ method, path, scopes }) => ({ method: method.toUpperCase(), path, scopes }));
/** Those of a shop that sells, and the office's, which furnishing the shop has brought. */
const routesOf = ({ app, officeRoutes }: Shop) => [...app.routes, ...officeRoutes];
const roles = Object.keys(HOLDS) as readonly Role[];

describe('every route', () => {
  test('is in the contract, and the contract has no other', () => {
    const routes = routesOf(shop)
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const contract = called.map(({ method, path }) => `${method} ${path}`);
    const snake = (route: string): string => route.replace('{correlationId}', '{correlation_id}');
    expect([...new Set(routes.map(snake))].toSorted()).toEqual(contract.toSorted());
  });

  test('has a guard that asks for what the contract says, or is open there', () => {
    for (const { method, path, scopes } of called) {
      const pattern = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => `:${name === 'correlation_id' ? 'correlationId' : name}`,
      );
      const guard = routesOf(shop)
        .filter((route) => route.method === method && route.path === pattern)
        .map(({ handler }) => guards.get(handler))
        .find((one) => one !== undefined);
      expect([path, guard ?? null]).toEqual([path, scopes]);
    }
  });

  test.each(roles)('lets %s in where its scopes say so, and nowhere else', async (role) => {
    for (const { method, path, scopes } of called) {
      const { status, body } = await shop.ask(
        role,
        method,
        path.replaceAll(/\{\w+\}/g, 'nope'),
        method === 'GET' ? undefined : {},
      );
      const may = scopes === null || HOLDS[role].some((scope) => scope === 'admin' || scopes.some((one) => one === scope));
      expect([method, path, status === 403 && body.code === 'scope_missing']).toEqual([method, path, !may]);
    }
  });

  test('is named by its own path, whichever other path could mean it too', async () => {
    for (const { method, path } of called) {
      const { headers } = await shop.ask(null, 'OPTIONS', path.replaceAll(/\{\w+\}/g, 'nope'));
      expect([path, headers.get('allow')?.split(', ')]).toEqual([path, expect.arrayContaining([method])]);
    }
  });

  test('asks everybody who they are, unless it is open', async () => {
    for (const { method, path, scopes } of called) {
      const { status } = await shop.ask(null, method, path.replaceAll(/\{\w+\}/g, 'nope'), method === 'GET' ? undefined : {});
      expect([path, status === 401]).toEqual([path, scopes !== null]);
    }
  });
});

test('who only sells brings none of the routes that the others ask', async () => {
  const selling = new Shop();
  await selling.app.request('/healthz');
  await selling.app.request(`/v1/availability/${TEA}`);
  expect(selling.officeRoutes).toEqual([]);
  await selling.app.request('/v1/items');
  expect(selling.officeRoutes).not.toEqual([]);
});

test('where the office cannot be brought, only those who ask for it hear of it, and whoever asks next brings it, however many at once', async () => {
  const lines: Readonly<Record<string, unknown>>[] = [];
  let isBroken = true;
  const bring = async () => {
    if (isBroken) throw new Error('half an office');
    return [new Hono<AppEnv>().get('/office', (c) => c.text('here'))];
  };
  const selling = new Hono<AppEnv>().get('/shop', (c) => c.text('open'));
  const app = createApp([selling], { log: (line) => void lines.push(line), now: () => 0 }, bring);
  const failed = await app.request('/office');
  expect([failed.status, ((await failed.json()) as { code: string }).code]).toEqual([500, 'internal_error']);
  expect(lines).toMatchObject([{ path: '/office', status: 500, error: expect.stringContaining('half an office') }]);
  expect((await app.request('/shop')).status).toBe(200);
  isBroken = false;
  const answers = await Promise.all(Array.from({ length: 9 }, async () => (await app.request('/office')).text()));
  expect(new Set(answers)).toEqual(new Set(['here']));
});

test('where there is nothing, that is said as a problem', async () => {
  const { status, headers, body } = await shop.get('web', '/v2/anything');
  expect([status, body.code, headers.get('content-type')]).toEqual([404, 'not_found', 'application/problem+json']);
});

test.each([
  ['DELETE', `/v1/availability/${TEA}`, 'GET, HEAD, OPTIONS'],
  ['GET', '/v1/movements', 'OPTIONS, POST'],
  ['POST', `/v1/items/${TEA}`, 'GET, HEAD, OPTIONS, PUT'],
])('%s %s is told what there is', async (method, path, allow) => {
  const { status, headers, body } = await shop.ask('admin', method, path);
  expect([status, body.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', allow]);
});

test('HEAD answers as GET without a body', async () => {
  const { status, headers, body } = await shop.ask('web', 'HEAD', `/v1/availability/${TEA}`);
  expect([status, headers.get('etag')?.startsWith('W/'), body === '' || body === undefined]).toEqual([200, true, true]);
  // A page of others that asks for no more than the head may see it too.
  expect(headers.get('access-control-allow-origin')).toBe('*');
});

test('pages of others may read and see what they need of the headers', async () => {
  const asked = await shop.ask(null, 'OPTIONS', `/v1/availability/${TEA}`);
  expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, OPTIONS']);
  const { headers } = await shop.get('web', `/v1/availability/${TEA}`);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-expose-headers')).toContain('ETag');
  const changed = await shop.reserve(1);
  expect(changed.headers.has('access-control-allow-origin')).toBe(false);
});

test('pages of others may ask for many numbers at once, which is a read for all that it is a POST', async () => {
  const path = '/v1/availability/query';
  const { headers } = await shop.ask(null, 'OPTIONS', path);
  expect([headers.get('access-control-allow-methods'), headers.get('access-control-allow-headers')]).toEqual([
    'POST, OPTIONS',
    'Authorization, Content-Type, If-None-Match, traceparent',
  ]);
  const asked = await shop.ask('web', 'POST', path, { skus: [TEA] });
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
});

describe('a body', () => {
  const padded = (bytes: number): string => JSON.stringify({ movements: [], padding: '' }).padEnd(bytes, ' ');
  test('of one MiB is read', async () => {
    expect((await shop.ask('stock', 'POST', '/v1/movements', padded(1_048_576))).status).toBe(400);
  });
  test('of one byte more is not, whatever it says', async () => {
    const { status, body } = await shop.ask('stock', 'POST', '/v1/movements', padded(1_048_577));
    expect([status, body.code]).toEqual([413, 'too_large']);
  });
  test('counts in bytes, not in characters', async () => {
    const { status } = await shop.ask('stock', 'POST', '/v1/movements', JSON.stringify('茶'.repeat(400_000)));
    expect(status).toBe(413);
  });
  test('that is deep is refused and not followed', async () => {
    const { status } = await shop.ask('web', 'POST', '/v1/reservations', `{"lines":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, {
      'idempotency-key': 'deep',
    });
    expect(status).toBe(400);
  });
});

describe('a trace', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  test('goes on where the caller began one', async () => {
    const { headers, body } = await shop.get('web', '/v1/availability/NOPE', { traceparent: parent });
    expect(body.correlation_id).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(headers.get('traceparent')).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
  });
  test.each(['', 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff${parent.slice(2)}`, `${parent}-more`])(
    'begins anew where it says %j',
    async (traceparent) => {
      const { body } = await shop.get('web', '/v1/availability/NOPE', { traceparent });
      expect(body.correlation_id).toMatch(/^(?!0af7651916cd43dd)[0-9a-f]{32}$/);
    },
  );
  test('is passed on to the object', async () => {
    await shop.receive(TEA, 5);
    const reserved = await shop.ask(
      'web',
      'POST',
      '/v1/reservations',
      { lines: [{ sku: TEA, quantity: 9 }] },
      { 'idempotency-key': 'traced', traceparent: parent },
    );
    expect(reserved.body.correlation_id).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

test('each request is one line in the log, in the words of the spec, without keys or buyers', async () => {
  await shop.receive(TEA, 5);
  shop.log.length = 0;
  const { body } = await shop.reserve(2, { buyer: 'anna' });
  expect(shop.log).toEqual([
    {
      method: 'POST',
      path: '/v1/reservations',
      status: 201,
      correlationId: expect.any(String),
      keyId: 'web',
      sku: TEA,
      reservationId: body.id,
      channel: 'web',
      sequence: 3,
      replayed: false,
      decision: 'active',
      durationMs: 0,
    },
  ]);
});

test('what may not be kept is marked so', async () => {
  expect((await shop.get('web', '/v1/availability/NOPE')).headers.get('cache-control')).toBe('no-store');
  expect((await shop.get('admin', `/v1/items/${TEA}`)).headers.get('cache-control')).toBe('no-store');
  expect((await shop.get('web', `/v1/availability/${TEA}/explain`)).headers.get('cache-control')).toBe('no-store');
});

test('the documentation is one page that loads nothing and runs nothing', async () => {
  const page = await shop.ask(null, 'GET', '/v1/docs');
  expect(page.status).toBe(200);
  expect(page.body).toContain('/v1/reservations/{id}/commit');
  expect(page.body).not.toMatch(/<script|src=|https?:\/\//);
  const document = await shop.ask(null, 'GET', '/v1/openapi.json');
  expect(document.body.openapi).toBe('3.1.0');
});

test.each(['/v1/items/%zz', '/v1/availability/%ff', '/v1/items/a%'])('%s is no name of anything', async (path) => {
  const { status, body } = await shop.get('admin', path);
  expect([status, body.code]).toEqual([400, 'invalid_request']);
});

test('[R28] whoever asks for the cases of one item waits for no message', async () => {
  await shop.receive(TEA, 1);
  const sold = {
    id: 'till-1',
    source: 'wms',
    kind: 'sold',
    sku: TEA,
    location: 'dc',
    quantity: 4,
    occurred_at: '2026-11-21T09:00:00Z',
  };
  await shop.ask('stock', 'POST', '/v1/movements', { movements: [sold] });
  const seen = async () => (await shop.get('admin', `/v1/cases?sku=${TEA}`)).body.items;
  expect(await seen()).toMatchObject([{ kind: 'over_reservation', state: 'open', difference: 3 }]);
  await shop.receive(TEA, 3);
  expect(await seen()).toMatchObject([{ kind: 'over_reservation', state: 'resolved' }]);
});
