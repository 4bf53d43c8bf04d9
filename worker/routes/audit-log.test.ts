import { beforeEach, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../contracts/operations.ts';
import { keyOf, Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const read = async (query = ''): Promise<Said> => shop.get('admin', `/v1/audit-log${query}`);
const entries = async (query = '') => (await read(`?limit=500${query === '' ? '' : `&${query}`}`)).body.items;
const newest = async () => (await entries()).at(-1);

/** Administrative writes as they are called, each with what it is written down as. A new one needs its row here. */
const WRITES: Readonly<Record<string, () => Promise<readonly [said: Said, action: string, target: string]>>> = {
  putItem: async () => [await shop.put('/v1/items/NEW', { status: 'active' }), 'put', 'item:NEW'],
  putReceipts: async () => [await shop.put(`/v1/items/${TEA}/receipts`, { receipts: [] }), 'put', `receipts:${TEA}`],
  putPolicy: async () => [await shop.put(`/v1/items/${TEA}/policy`, { low_stock_at: 2 }), 'put', `policy:${TEA}`],
  putLocation: async () => [await shop.put('/v1/locations/dc', { type: 'dc', priority: 7 }), 'put', 'location:dc'],
  putChannel: async () => [await shop.put('/v1/channels/web', { buffer: 3 }), 'put', 'channel:web'],
  putOutlet: async () => [await shop.put('/v1/channels/web/outlet', { adapter: 'memory' }), 'put', 'outlet:web'],
  putOutletCredentials: async () => {
    await withOutlet();
    return [await shop.put('/v1/channels/web/outlet/credentials', {}), 'rotate', 'outlet:web'];
  },
  readBackOutlet: async () => {
    await withOutlet();
    return [await post('/v1/channels/web/outlet/read-back', {}), 'change', 'outlet:web'];
  },
  putSource: async () => [await shop.put('/v1/sources/pos', { books: 'front' }), 'put', 'source:pos'],
  createKey: async () => {
    const said = await post('/v1/keys', { name: 'x', scopes: ['admin'] });
    return [said, 'create', `key:${said.body.id}`];
  },
  rotateKey: async () => [await post('/v1/keys/feeds/rotate', {}), 'rotate', 'key:feeds'],
  revokeKey: async () => [await post('/v1/keys/feeds/revoke', {}), 'revoke', 'key:feeds'],
  addWebhookSecret: async () => [await post('/v1/sources/wms/webhook-secret', {}), 'rotate', 'webhook_secret:wms'],
  revokeWebhookSecrets: async () => {
    await shop.database.prepare("INSERT INTO webhook_secret VALUES ('one', 'wms', 'sealed', 1, NULL)").run();
    return [await post('/v1/sources/wms/webhook-secret/revoke', {}), 'revoke', 'webhook_secret:wms'];
  },
  createWebhook: async () => {
    const said = await post('/v1/webhooks', { url: 'https://hooks.shop.com/in' });
    return [said, 'create', `webhook:${said.body.id}`];
  },
  verifyWebhook: async () => onWebhook('verify', 'test'),
  rotateWebhook: async () => onWebhook('rotate', 'rotate', { overlap_seconds: 0 }),
  disableWebhook: async () => onWebhook('disable', 'disable'),
  enableWebhook: async () => onWebhook('enable', 'enable'),
  replayWebhook: async () => {
    await openCase('dead-4');
    await post('/v1/cases/dead-4/resolve', { reason: 'sent again' });
    return onWebhook('replay', 'replay', { from_at: '2020-01-01T00:00:00Z' });
  },
  beginReconciliation: async () => {
    const said = await post('/v1/reconciliations', { skus: [TEA] });
    return [said, 'create', `reconciliation:${said.body.id}`];
  },
  approveCase: async () => {
    await openCase('drift~1', 'drift');
    const body = JSON.stringify({ class: 'unknown', meaning: 'on_hand', places: [], keys: [], factor: null });
    await shop.database.prepare("INSERT INTO drift_case VALUES ('drift~1', 'erp', ?, 'run', ?)").bind(TEA, body).run();
    return [await post('/v1/cases/drift~1/approve', {}), 'approve', 'case:drift~1'];
  },
  changeCase: async () => {
    await openCase('dead-2');
    return [await shop.ask('admin', 'PATCH', '/v1/cases/dead-2', { owner: 'anna' }), 'change', 'case:dead-2'];
  },
  resolveCase: async () => {
    await openCase('dead-1');
    return [await post('/v1/cases/dead-1/resolve', { reason: 'sent again' }), 'resolve', 'case:dead-1'];
  },
  replayPostings: async () => [await shop.post('admin', '/v1/postings/replay', { sku: TEA }), 'replay', `posting:${TEA}`],
  replayPosting: async () => {
    shop.object(TEA).fates.set(7, 'refused');
    return [await shop.post('admin', `/v1/postings/${TEA}/7/replay`, {}), 'replay', `posting:${TEA}#7`];
  },
  replayCase: async () => {
    await openCase('dead-3');
    return [await shop.post('admin', '/v1/cases/dead-3/replay', {}), 'replay', 'case:dead-3'];
  },
  replayCases: async () => [await shop.post('admin', '/v1/cases/replay', {}), 'replay', 'case:*'],
};

const post = async (path: string, body: object): Promise<Said> => shop.ask('admin', 'POST', path, body);

async function onWebhook(call: string, action: string, body: object = {}): Promise<readonly [Said, string, string]> {
  const { id } = (await post('/v1/webhooks', { url: 'https://hooks.shop.com/in' })).body;
  return [await post(`/v1/webhooks/${id}/${call}`, body), action, `webhook:${id}`];
}

/** Not by a call, which would leave an entry of its own. */
async function withOutlet(): Promise<void> {
  const row = "('web', 'memory', '{}', 1, '{}', 'set_again', 1)";
  await shop.database
    .prepare(`INSERT INTO outlet (channel, adapter, options, enabled, limits, on_drift, version) VALUES ${row}`)
    .run();
}

async function openCase(id: string, kind = 'dead_letter'): Promise<void> {
  await shop.database
    .prepare("INSERT INTO cases (id, kind, state, opened_at_ms, sequence) VALUES (?, ?, 'open', 1, 0)")
    .bind(id, kind)
    .run();
}

describe('[R45] every administrative write', () => {
  const administrative = OPERATIONS.filter(({ scopes, method }) => scopes?.includes('admin') && method !== 'get');

  test.each(administrative)('$id leaves one entry: who, what, before and after', async ({ id }) => {
    const write = WRITES[id];
    if (write === undefined) throw new Error(`say in WRITES how ${id} is called, and write it down with AuditLog.write`);
    const [{ status, headers }, action, target] = await write();
    expect(status).toBeLessThan(300);
    const correlationId = headers.get('traceparent')?.slice(3, 35);
    const all = await entries();
    const ofIt = all.filter((entry: { correlation_id: string }) => entry.correlation_id === correlationId);
    expect(ofIt).toHaveLength(1);
    expect(all.at(-1)).toMatchObject({
      actor: 'admin',
      actor_name: 'admin',
      action,
      target,
      after: {},
      at: '2026-11-20T12:00:00.000Z',
      correlation_id: correlationId,
    });
  });
});

describe('[R45] an entry', () => {
  test('says what was replaced and by what, in the words of the API', async () => {
    const before = (await shop.get('admin', `/v1/items/${TEA}`)).body;
    const after = (await shop.put(`/v1/items/${TEA}`, { status: 'preorder', name: 'Green tea' })).body;
    expect(await newest()).toMatchObject({ target: `item:${TEA}`, before, after, version: 2 });
    await shop.put(`/v1/items/${TEA}/policy`, { backorder_limit: 4, safety_stock: [{ location: 'dc', quantity: 1 }] });
    const policy = { backorder_limit: 4, low_stock_at: 5, safety_stock: [{ location: 'dc', quantity: 1 }], stop_sell: false };
    expect(await newest()).toMatchObject({ target: `policy:${TEA}`, before: null, after: policy, version: 1 });
    const receipts = [{ location: 'dc', quantity: 5, expected_at: '2026-12-01T08:00:00.000Z' }];
    await shop.put(`/v1/items/${TEA}/receipts`, { receipts });
    await shop.put(`/v1/items/${TEA}/receipts`, { receipts: [] });
    expect(await newest()).toMatchObject({ target: `receipts:${TEA}`, before: { receipts }, after: { receipts: [] } });
    const dc = (await shop.get('admin', '/v1/locations/dc')).body;
    await shop.put('/v1/locations/dc', { type: 'dc', stop_sell: true });
    expect(await newest()).toMatchObject({ before: { ...dc, stop_sell: false }, after: { stop_sell: true, aliases: [] } });
  });

  test('of writers at once begins where the one before ended: nobody reads what another is about to replace', async () => {
    const buffers = Array.from({ length: 8 }, (_, n) => n);
    await Promise.all(buffers.map((buffer) => shop.put('/v1/channels/app', { buffer })));
    const told = await entries('target=channel:app');
    const chained = told.slice(1).map(({ before }: { before: unknown }) => before);
    expect(chained).toEqual(told.slice(0, -1).map(({ after }: { after: unknown }) => after));
    expect(told.map(({ version }: { version: number }) => version)).toEqual(told.map((_: unknown, index: number) => index + 1));
  });

  test('is not there where nothing was changed', async () => {
    await post('/v1/keys/feeds/revoke', {});
    const count = (await entries()).length;
    const refused = [
      await shop.put('/v1/channels/web', { buffer: 1 }, { 'if-match': '"9"' }),
      await shop.put(`/v1/items/${TEA}/policy`, {}, { 'if-match': '*' }),
      await shop.put('/v1/items/NOPE/policy', {}),
      await shop.put('/v1/channels/web', { buffer: -1 }),
      await post('/v1/keys/feeds/rotate', {}),
      await post('/v1/keys/nobody/revoke', {}),
      await shop.ask('stock', 'PUT', '/v1/channels/web', {}),
    ];
    expect(refused.map(({ status }) => status)).toEqual([412, 412, 404, 400, 404, 404, 403]);
    expect((await post('/v1/keys/feeds/revoke', {})).status).toBe(200);
    expect((await entries()).length).toBe(count);
  });

  test('is not there for what was said once more', async () => {
    await openCase('dead-1');
    const twice = [
      ['PATCH', '/v1/cases/dead-1', { owner: 'anna', comment: 'on it' }],
      ['POST', '/v1/cases/dead-1/resolve', { reason: 'sent again' }],
      ['POST', '/v1/keys/feeds/revoke', {}],
    ] as const;
    for (const [method, path, body] of twice) {
      const first = await shop.ask('admin', method, path, body);
      const count = (await entries()).length;
      shop.nowMs += 1_000;
      const again = await shop.ask('admin', method, path, body);
      expect([again.status, again.body]).toEqual([200, first.body]);
      expect((await entries()).length).toBe(count);
    }
  });

  test('that cannot be written stops the change', async () => {
    await shop.database.prepare("CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'full'); END").run();
    expect((await shop.put('/v1/channels/web', { buffer: 9 })).status).toBe(500);
    expect((await shop.get('admin', '/v1/channels/web')).body.buffer).toBe(0);
  });

  test('holds no key and no hash', async () => {
    const { body: made } = await post('/v1/keys', { name: 'Shop', scopes: ['availability:read'] });
    const { body: rotated } = await post(`/v1/keys/${made.id}/rotate`, {});
    await post(`/v1/keys/${made.id}/revoke`, {});
    const told = await entries(`target=key:${made.id}`);
    expect(told.map(({ action, version }: { action: string; version: number }) => [action, version])).toEqual([
      ['create', 1],
      ['rotate', 2],
      ['revoke', 3],
    ]);
    expect(told[2]).toMatchObject({ before: { revoked_at: null }, after: { revoked_at: '2026-11-20T12:00:00.000Z' } });
    const { results } = await shop.database.prepare('SELECT * FROM audit_log').all();
    const secrets = [made.key, rotated.key, keyOf('admin')].map((key: string) => key.slice(-32));
    for (const secret of [...secrets, 'hash']) expect(JSON.stringify(results)).not.toContain(secret);
  });

  test('that would be too large tells how large it is', async () => {
    const long = (n: number): string => `${n}`.padStart(64, 'x');
    const rows = Array.from({ length: 9_000 }, (_, n) => [long(n), long(n + 10_000)]);
    await shop.database
      .prepare(
        `INSERT INTO location (id, type, priority, stop_sell, version)
         SELECT value ->> 0, 'store', 1, 0, 1 FROM json_each(?)`,
      )
      .bind(JSON.stringify(rows))
      .run();
    await shop.database.prepare('UPDATE network_version SET version = version + 1').run();
    const locations = rows.map(([id]) => id);
    const largest = 900_000;
    await shop.put('/v1/channels/web', { locations });
    const { after } = await newest();
    expect(after.locations.length).toBe(9_000);
    const stored = `UPDATE channel SET name = printf('%.*c', ?, 'x') WHERE id = 'web'`;
    const size = new TextEncoder().encode(JSON.stringify(after)).length - 2;
    await shop.database
      .prepare(stored)
      .bind(largest - size)
      .run();
    await shop.put('/v1/channels/web', { locations: ['dc'] });
    expect(Object.keys((await newest()).before)).toContain('locations');
    await shop.put('/v1/channels/web', { locations });
    await shop.database
      .prepare(stored)
      .bind(largest - size + 1)
      .run();
    await shop.put('/v1/channels/web', { locations: ['dc'] });
    expect((await newest()).before).toEqual({ bytes: largest + 1 });
  });
});

describe('[R45] the audit log', () => {
  const ids = (said: Said): readonly number[] => said.body.items.map(({ id }: { id: number }) => id);

  test('is read page by page from the oldest, and from where somebody stopped', async () => {
    const all = (await entries()).map(({ id }: { id: number }) => id);
    const first = await read('?limit=3');
    expect([ids(first), first.body.next_cursor]).toEqual([all.slice(0, 3), String(all[2])]);
    const rest = await read(`?limit=500&after=${first.body.next_cursor}`);
    expect([ids(rest), rest.body.next_cursor]).toEqual([all.slice(3), null]);
    expect(ids(await read(`?after=${all.at(-1)}`))).toEqual([]);
    await shop.put('/v1/items/NEW', { status: 'active' });
    expect(ids(await read(`?after=${all.at(-1)}`)).length).toBe(1);
  });

  test('is filtered by who and by what, one thing or all of a kind', async () => {
    const { body } = await post('/v1/keys', { name: 'Second', scopes: ['admin'] });
    await shop.app.request('/v1/items/NEW', {
      method: 'PUT',
      headers: { authorization: `Bearer ${body.key}` },
      body: '{"status":"active"}',
    });
    const targets = async (query: string) => (await entries(query)).map(({ target }: { target: string }) => target);
    expect(await targets(`actor=${body.id}`)).toEqual(['item:NEW']);
    expect(await targets(`target=item:${TEA}`)).toEqual([`item:${TEA}`]);
    expect(await targets('target=item')).toEqual([`item:${TEA}`, 'item:MUG-1', 'item:NEW']);
    expect(await targets('target=ite')).toEqual([]);
    expect(await targets(`target=item&actor=${body.id}`)).toEqual(['item:NEW']);
  });

  test('is read page by page also where it is filtered', async () => {
    const all = (await entries('target=channel&actor=admin')).map(({ id }: { id: number }) => id);
    await shop.put('/v1/items/NEW', { status: 'active' });
    await shop.put('/v1/channels/web', { buffer: 1 });
    const pages: number[] = [];
    for (let after: string | null = '0'; after !== null;) {
      const said = await read(`?limit=1&target=channel&actor=admin&after=${after}`);
      pages.push(...ids(said));
      after = said.body.next_cursor;
    }
    expect(pages.slice(0, -1)).toEqual(all);
    expect(all.length).toBeGreaterThan(0);
  });

  test.each(['limit=0', 'limit=501', 'after=-1', 'after=x', `after=${'9'.repeat(16)}`, 'actor=', 'cursor=1'])(
    'is not read with %s',
    async (query) => {
      const { status, body } = await read(`?${query}`);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
    },
  );
});
