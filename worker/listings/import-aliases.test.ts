import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ALIASES_MAX } from '../../contracts/limits.ts';
import { MUG, Shop, TEA, type Role, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { listings: {} });
});

const HEADER = 'kind,system,external_id,sku,location';

function upload(file: string, query: string, role: Role = 'admin'): Promise<Said> {
  return shop.ask(role, 'POST', `/v1/imports?kind=aliases&${query}`, file, { 'content-type': 'application/octet-stream' });
}

async function imported(rows: readonly string[] | string, query = 'format=csv'): Promise<Said['body']> {
  const said = await upload(typeof rows === 'string' ? rows : [HEADER, ...rows].join('\n'), query);
  expect([said.status, said.body.detail]).toEqual([202, undefined]);
  await shop.runImports();
  return (await shop.get('admin', `/v1/imports/${said.body.id}`)).body;
}

async function outcomesOf({ id }: Said['body']): Promise<readonly unknown[]> {
  const { body } = await shop.get('admin', `/v1/imports/${id}/rows`);
  return body.items.map((row: Record<string, unknown>) => [row['row'], row['outcome'], row['code']]);
}

async function listings(query = ''): Promise<readonly (readonly [string, string])[]> {
  const { body } = await shop.get('admin', `/v1/channels/web/listings?limit=500&${query}`);
  return body.items.map((one: Record<string, string>) => [one['external_id'], one['sku'] ?? one['location']]);
}

async function fileOf(format: string, kind: string): Promise<string> {
  return (await shop.get('admin', `/v1/channels/web/listings?format=${format}&kind=${kind}`)).body;
}

describe('[R89] aliases in bulk', () => {
  test('are booked row by row, and each row says what became of it', async () => {
    const run = await imported([
      `item,web,W-1,${TEA},`,
      `item,web,W-2,${TEA},`,
      'item,web,W-3,NOPE,',
      'location,web,S-1,,store',
      'location,web,S-2,,nowhere',
      `item,web,,${TEA},`,
      `item,web,W-4,${TEA},store`,
      `location,web,S-3,${TEA},`,
      `item,web,W-1,${TEA},`,
    ]);
    expect(run).toMatchObject({ state: 'done', kind: 'aliases', source: null, format: 'csv', error: null });
    expect(await outcomesOf(run)).toEqual([
      [2, 'created', null],
      [3, 'created', null],
      [4, 'rejected', 'sku_unknown'],
      [5, 'created', null],
      [6, 'rejected', 'location_unknown'],
      [7, 'rejected', 'invalid_request'],
      [8, 'rejected', 'invalid_request'],
      [9, 'rejected', 'invalid_request'],
      [10, 'unchanged', null],
    ]);
    expect(await listings()).toEqual([
      ['W-1', TEA],
      ['W-2', TEA],
    ]);
    expect(await listings('kind=location')).toEqual([['S-1', 'store']]);
  });

  test('leave a name its meaning, unless it is to be replaced; within one file too', async () => {
    await imported([`item,web,W-1,${TEA},`]);
    const other = `item,web,W-1,${MUG},`;
    expect(await outcomesOf(await imported([other]))).toEqual([[2, 'rejected', 'invalid_request']]);
    expect(await listings()).toEqual([['W-1', TEA]]);
    expect(await outcomesOf(await imported([other], 'format=csv&replace=true'))).toEqual([[2, 'changed', null]]);
    expect(await listings()).toEqual([['W-1', MUG]]);
    const both = [`item,web,W-9,${TEA},`, `item,web,W-9,${MUG},`];
    expect(await outcomesOf(await imported(both))).toEqual([
      [2, 'created', null],
      [3, 'rejected', 'invalid_request'],
    ]);
  });

  test('stop at as many names as an item may have, so that it can still be put as it is read', async () => {
    await shop.put('/v1/items/FULL', { status: 'active' });
    const names = Array.from({ length: ALIASES_MAX + 1 }, (_, n) => `item,web,W-${n},FULL,`);
    const run = await imported(names);
    expect(run.rows).toMatchObject({ created: ALIASES_MAX, rejected: 1 });
    const { body, headers } = await shop.get('admin', '/v1/items/FULL');
    const { sku: _sku, ...item } = body;
    expect((await shop.put('/v1/items/FULL', item, { 'if-match': headers.get('etag') ?? '' })).status).toBe(200);
  });

  test('are told to whoever follows the items, with what they are no longer called, and are another version', async () => {
    await imported([`item,web,W-1,${TEA},`]);
    const { headers } = await shop.get('admin', `/v1/items/${TEA}`);
    const { body: before } = await shop.get('admin', '/v1/events?types=item.changed&limit=500');
    await imported([`item,web,W-1,${MUG},`], 'format=csv&replace=true');
    const { body } = await shop.get('admin', `/v1/events?types=item.changed&after=${before.next_cursor}`);
    const told = body.items.map(({ sku, data }: { sku: string; data: unknown }) => [sku, data] as const);
    expect(new Map(told)).toEqual(
      new Map([
        [MUG, { names_added: [{ system: 'web', external_id: 'W-1' }], names_removed: [] }],
        [TEA, { names_added: [], names_removed: [{ system: 'web', external_id: 'W-1' }] }],
      ]),
    );
    expect((await shop.get('admin', `/v1/items/${TEA}`)).headers.get('etag')).not.toBe(headers.get('etag'));
  });

  test('of locations are another version of them and of the network', async () => {
    const { network } = await shop.directories.renewed();
    const { headers } = await shop.get('admin', '/v1/locations/store');
    await imported(['location,web,S-1,,store']);
    expect((await shop.directories.renewed()).network.version).toBe(network.version + 1);
    expect((await shop.get('admin', '/v1/locations/store')).headers.get('etag')).not.toBe(headers.get('etag'));
  });

  test('an import that changes nothing raises no version and tells nobody', async () => {
    await imported([`item,web,W-1,${TEA},`, 'location,web,S-1,,store']);
    const { network } = await shop.directories.renewed();
    const { body: before } = await shop.get('admin', '/v1/events?limit=500');
    await imported([`item,web,W-1,${TEA},`, 'location,web,S-1,,store']);
    expect((await shop.directories.renewed()).network.version).toBe(network.version);
    expect((await shop.get('admin', `/v1/events?after=${before.next_cursor}`)).body.items).toEqual([]);
  });

  test('[R45] leave one entry in the audit log, not one for each row', async () => {
    const { id } = await imported([`item,web,W-1,${TEA},`, `item,web,W-2,${TEA},`]);
    const { body } = await shop.get('admin', '/v1/audit-log?limit=500');
    expect(body.items.filter(({ target }: { target: string }) => target === `import:${id}`)).toMatchObject([
      { action: 'create', after: { kind: 'aliases' } },
    ]);
    expect(body.items.filter(({ target }: { target: string }) => target === `item:${TEA}`).length).toBeLessThanOrEqual(1);
  });

  test('a thousand and one are several rounds', async () => {
    for (let n = 0; n < 11; n += 1) await shop.put(`/v1/items/SKU-${n}`, { status: 'active' });
    const rows = Array.from({ length: 1_001 }, (_, n) => `item,web,W-${n},SKU-${n % 11},`);
    expect((await imported(rows)).rows).toMatchObject({ read: 1_001, created: 1_001 });
  });

  test.each([
    ['kind=aliases&format=csv&source=wms', 400],
    ['kind=aliases&format=csv&replace=false', 400],
    ['kind=movements&source=wms&format=csv&replace=true', 400],
    ['kind=aliases', 400],
  ])('%s is %i', async (query, status) => {
    const type = { 'content-type': 'application/octet-stream' };
    expect((await shop.ask('admin', 'POST', `/v1/imports?${query}`, `${HEADER}\n`, type)).status).toBe(status);
  });

  test('need an administrator', async () => {
    expect((await upload(`${HEADER}\n`, 'format=csv', 'stock')).body.code).toBe('scope_missing');
  });

  test.each(['kind,system,sku', 'kind,system,external_id,sku,quantity'])(
    'a file with the columns %s is refused',
    async (header) => {
      expect((await upload(`${header}\n`, 'format=csv')).status).toBe(400);
    },
  );
});

describe('[R89] what is exported can be imported, and is then as it was', () => {
  const rough = fc
    .array(fc.constantFrom("'", '=', '+', '-', '@', ',', ';', '"', 'a', '\u{1f600}', '\uff1d'), { minLength: 1, maxLength: 6 })
    .map((characters) => characters.join(''));

  test.each(['csv', 'ndjson'])('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(rough, { minLength: 1, maxLength: 8 }), async (names) => {
        const aliases = (kept: readonly string[]) => kept.map((external_id) => ({ system: 'web', external_id }));
        const half = Math.ceil(names.length / 2);
        const put = async (tea: readonly string[], store: readonly string[]): Promise<void> => {
          expect((await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: aliases(tea) })).status).toBe(200);
          const place = { type: 'store', priority: 2, aliases: aliases(store) };
          expect((await shop.put('/v1/locations/store', place)).status).toBe(200);
        };
        await put(names.slice(0, half), names.slice(half));
        const files = [await fileOf(format, 'item'), await fileOf(format, 'location')];
        const before = [await listings(), await listings('kind=location')];
        await put([], []);
        for (const file of files) if (file.trim() !== '') await imported(file, `format=${format}`);
        expect([await listings(), await listings('kind=location')]).toEqual(before);
        expect(before.flat()).toHaveLength(names.length);
      }),
      { numRuns: 40 },
    );
  });
});
